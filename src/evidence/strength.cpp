#include "src/evidence/strength.h"

#include <algorithm>
#include <array>

#include "src/evidence/answer_book.h"
#include "verify/certificate.h"

namespace evidence {
namespace {

constexpr std::uint8_t kSha1Digest = 1;
/// RSA of 1,024 bits, which some zones still sign with, is within reach of states.
constexpr std::size_t kShortRsa = 2048;

bool rests_on_sha1(const UsedSignature& signature) {
  constexpr std::array<std::uint8_t, 2> kAlgorithms = {5, 7};
  return std::ranges::find(kAlgorithms, signature.algorithm) != kAlgorithms.end() ||
         signature.ds_digest == kSha1Digest;
}

void add(SignedWindow& window, const UsedSignature& signature) {
  window.from = std::max(window.from, signature.inception);
  if (signature.expiration < window.until) {
    window.until = signature.expiration;
    window.narrowest = signature;
  }
  if (signature.rsa_bits != 0) {
    window.least_rsa_bits =
        std::min(window.least_rsa_bits.value_or(signature.rsa_bits), signature.rsa_bits);
  }
  window.sha1 = window.sha1 || rests_on_sha1(signature);
}

std::string text_of(const UsedSignature& signature) {
  const auto name = WireName::from(signature.owner).value_or(WireName());
  return question_text(name, signature.type);
}

void add_window(const SignedWindow& window, std::vector<std::string>& out) {
  if (window.from > window.until) {
    out.push_back(
        "There is no moment at which all its signatures are right: one begins " +
        verify::to_text(window.from) + ", another one ends " +
        verify::to_text(window.until) + ".");
  } else {
    out.push_back(
        "Each record that it rests on was signed so that it counts at some "
        "time from " +
        verify::to_text(window.from) + " to " + verify::to_text(window.until) + ".");
  }
  out.push_back("The signature that ends first is over " + text_of(window.narrowest) +
                ".");
  if (window.least_rsa_bits) {
    const std::string bits = std::to_string(*window.least_rsa_bits);
    out.push_back("The shortest RSA key that signed has " + bits + " bits" +
                  (*window.least_rsa_bits < kShortRsa ? ", which is short." : "."));
  }
  if (window.sha1) {
    out.emplace_back(
        "A signature or a DS record rests on SHA-1, for which collisions "
        "can be bought.");
  }
}

void add_peers(std::optional<std::size_t> peers, std::vector<std::string>& out) {
  if (!peers) {
    out.emplace_back("No peer signed after these records were there.");
    return;
  }
  out.push_back(std::to_string(*peers) + (*peers == 1 ? " peer" : " peers") +
                " signed after these records were there.");
}

std::string level_of(const Strength& strength) {
  if (!strength.peers) return "P0: the DNS records were signed";
  return std::string(strength.witnessed ? "P2" : "P1") +
         ": the DNS records were signed, and behind them " +
         std::to_string(*strength.peers) +
         (*strength.peers == 1 ? " peer signed" : " peers signed");
}

std::string unproved_of(const Strength& strength) {
  return std::to_string(strength.unproved) +
         (strength.unproved == 1 ? " answer was" : " answers were") +
         " bogus or did not come";
}

std::string proof_of(const Strength& strength) {
  std::string out = level_of(strength);
  if (strength.unproved > 0) out += "; but " + unproved_of(strength);
  if (strength.witnessed) {
    return out + "; a witness says that it was there before " +
           verify::to_text(*strength.witnessed);
  }
  if (strength.claimed) {
    return out + "; a time-stamp that nobody has verified says before " +
           verify::to_text(*strength.claimed);
  }
  return out;
}

std::string dates_of(const SignedWindow& window) {
  const std::string narrowest = text_of(window.narrowest) + " ends first";
  if (window.from > window.until) {
    return "never all at once: one begins " + verify::to_text(window.from) +
           ", another one ends " + verify::to_text(window.until) + " (" + narrowest + ")";
  }
  return verify::to_text(window.from) + " to " + verify::to_text(window.until) + "; " +
         narrowest;
}

std::string keys_of(const SignedWindow& window) {
  std::string out = "no RSA";
  if (window.least_rsa_bits) {
    out = "RSA of " + std::to_string(*window.least_rsa_bits) + " bits at least";
    if (*window.least_rsa_bits < kShortRsa) out += ", which is short";
  }
  return out + (window.sha1 ? "; SHA-1 was used" : "; no SHA-1");
}

}  // namespace

std::vector<std::string> summary_of(const Strength& strength) {
  if (!strength.p0) return {"none: nothing in it is signed"};
  return {proof_of(strength), dates_of(*strength.p0), keys_of(*strength.p0)};
}

std::optional<SignedWindow> signed_window(const SecondOpinion& opinion) {
  std::optional<SignedWindow> out;
  for (const JudgedAnswer& answer : opinion.answers) {
    if (answer.security < dns::Security::insecure) continue;
    for (const std::size_t index : answer.signatures) {
      const UsedSignature& signature = opinion.signatures[index];
      if (!out) {
        out =
            SignedWindow{signature.inception, signature.expiration, signature, {}, false};
      }
      add(*out, signature);
    }
  }
  return out;
}

std::vector<std::string> words_of(const Strength& strength) {
  std::vector<std::string> out;
  if (!strength.p0) {
    out.emplace_back("Nothing in it is signed: it proves nothing.");
    return out;
  }
  add_window(*strength.p0, out);
  if (strength.unproved > 0) {
    out.push_back("But " + unproved_of(strength) +
                  ": that is the word of whoever made it.");
  }
  if (!strength.peers && !strength.witnessed) {
    out.emplace_back("Nothing says when in that time it was put together.");
    return out;
  }
  add_peers(strength.peers, out);
  out.push_back(strength.witnessed
                    ? "A witness says that it was there before " +
                          verify::to_text(*strength.witnessed) + "."
                    : "Nobody says before when: whoever has the keys later can make it.");
  return out;
}

}  // namespace evidence
