// A bundle for people: records as zone files have them, handshakes and certificates in
// words, and the rest as it stands there. Nothing of it is checked here.

#include <algorithm>
#include <array>

#include "cli/dane/bundle_file.h"
#include "cli/dane/evidence_verbs.h"
#include "cli/layout.h"
#include "cli/terminal.h"
#include "resolver/rcode.h"
#include "src/base/bytes.h"
#include "src/client/certificate_words.h"
#include "src/evidence/answer_book.h"
#include "src/evidence/canonical_json.h"
#include "src/evidence/handshake_proof.h"
#include "src/evidence/presentation.h"
#include "verify/certificate.h"
#include "verify/hash.h"

namespace cli::dane {
namespace {

using evidence::Answer;
using evidence::Bundle;

constexpr std::size_t kManyNames = 10;  // of a certificate

/// Fit to print, however long it is.
std::string shown(std::string_view text) { return base::printable(text, text.size()); }

std::string question_of(const Answer& answer) {
  const auto name = evidence::WireName::from(answer.name);
  return evidence::question_text(name.value_or(evidence::WireName()), answer.type);
}

std::string code_text(int rcode) {
  if (rcode == resolver::kNoError) return "NOERROR";
  if (rcode == resolver::kNxdomain) return "NXDOMAIN";
  return "response code " + std::to_string(rcode);
}

/// The names that most servers use (IANA's TLS Supported Groups).
std::string group_text(std::uint16_t number) {
  constexpr std::array<std::pair<std::uint16_t, std::string_view>, 6> kKnown = {
      {{23, "secp256r1"},
       {24, "secp384r1"},
       {25, "secp521r1"},
       {29, "x25519"},
       {30, "x448"},
       {4588, "X25519MLKEM768"}}};
  for (const auto& [known, name] : kKnown) {
    if (known == number) return std::string(name);
  }
  return "group " + std::to_string(number);
}

std::string_view version_text(evidence::TlsVersion version) {
  return version == evidence::TlsVersion::tls13 ? "TLSv1.3" : "TLSv1.2";
}

/// A bundle on its way into lines. A set stands where it is named first, so that no
/// bundle becomes longer than it is by naming one again and again.
class Teller {
 public:
  explicit Teller(const Bundle& bundle)
      : bundle_(bundle), told_(bundle.dns.sets.size()) {}

  std::string tell() {
    tell_head();
    tell_answers("answers", bundle_.dns.answers);
    for (const evidence::AskedAgain& again : bundle_.dns.again) {
      tell_answers("asked again " + verify::to_text(again.moment), again.answers);
    }
    for (const evidence::Handshake& peer : bundle_.peers) tell_peer(peer);
    if (bundle_.run) tell_run(*bundle_.run);
    tell_facts();
    tell_verdict();
    return std::move(out_);
  }

 private:
  void line(std::string_view text) { out_ += std::string(text) + "\n"; }
  void comment(std::string_view text) { line("; " + shown(text)); }
  void heading(std::string_view text) { line("\n;; " + shown(text)); }

  void tell_head() {
    comment("what a bundle says, not checked: dane replay checks it");
    comment("by " + bundle_.maker + ", rules " + std::to_string(bundle_.rules) + ", " +
            verify::to_text(bundle_.moment));
    comment("about " + bundle_.about);
  }

  void tell_answers(const std::string& what, const std::vector<Answer>& answers) {
    heading(what);
    for (const Answer& answer : answers) {
      if (answer.error) {
        line("");
        comment(question_of(answer) + ": no answer, " + answer.error->detail);
        continue;
      }
      line("");
      comment(question_of(answer) + ": " + code_text(answer.rcode) + ", " +
              std::string(dns::to_text(answer.security)) +
              (answer.why_bogus.empty() ? "" : ", " + answer.why_bogus));
      tell_sets("answer", answer.answer);
      tell_sets("authority", answer.authority);
    }
  }

  void tell_sets(std::string_view section, const std::vector<std::size_t>& sets) {
    if (section == "authority" && !sets.empty()) comment("authority");
    for (const std::size_t set : sets) {
      if (told_[set]) {
        comment("set " + std::to_string(set) + ", as above");
        continue;
      }
      told_[set] = true;
      comment("set " + std::to_string(set));
      for (const std::string& one : evidence::zone_lines(bundle_.dns.sets[set])) {
        line(one);
      }
    }
  }

  void tell_peer(const evidence::Handshake& peer) {
    heading("handshake with " + peer.host + " [" + peer.address + "] port " +
            std::to_string(peer.port) + ", " + peer.how);
    comment(verify::to_text(peer.moment) + ", asked for " +
            (peer.server_name.empty() ? "no name" : peer.server_name));
    comment("behind " + counted(peer.answers.size(), "answer") + " of " +
            std::to_string(bundle_.dns.answers.size()));
    const auto proof = evidence::prove_handshake(peer.messages);
    if (!proof) {
      comment("it proves nothing: " + proof.error().detail);
      return;
    }
    std::string session(proof->protocol ? version_text(*proof->protocol) : "no version");
    if (proof->group) session += ", " + group_text(*proof->group);
    session += proof->bound == evidence::Bound::all   ? ", everything is signed"
               : proof->bound == evidence::Bound::key ? ", the key alone is signed"
                                                      : ", nothing is signed";
    if (proof->weak) session += ", " + *proof->weak;
    comment(session);
    tell_chain(proof->chain);
  }

  void tell_key(base::ByteView spki) {
    comment("  key " + client::key_words(spki) + ", SPKI SHA-256 " +
            base::to_hex(verify::sha256(spki)));
  }

  void tell_chain(const verify::Chain& chain) {
    if (const auto* raw = std::get_if<verify::RawPublicKey>(&chain)) {
      comment("raw public key");
      tell_key(raw->spki);
      return;
    }
    for (const base::Bytes& der : std::get<verify::Certificates>(chain)) {
      const auto certificate = verify::parse_certificate(der);
      const auto words = client::certificate_words(der, dns::Name(), kManyNames);
      if (!certificate) {
        comment("something that is no certificate");
        continue;
      }
      comment("certificate for " + words.names + ", by " + words.issuer);
      if (const auto dates = verify::validity_of(*certificate)) {
        comment("  " + verify::to_text(dates->not_before) + " to " +
                verify::to_text(dates->not_after));
      }
      tell_key(certificate->spki);
    }
  }

  void tell_run(const evidence::RunPlace& run) {
    heading("place in a run: bundle " + std::to_string(run.index) + ", " +
            counted(run.stamps.size(), "time-stamp"));
    tell_lines("; ", run.checkpoint);
  }

  void tell_lines(std::string_view before, std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      line(std::string(before) + shown(text.substr(0, end)));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  /// Most of what an audit saw is a text of many lines.
  void tell_facts() {
    heading("facts, which nobody proves");
    auto facts = evidence::Json::parse(bundle_.facts, nullptr, false);
    if (facts.is_object() && facts.contains("text") && facts["text"].is_string()) {
      const auto text = facts["text"].get<std::string>();
      facts.erase("text");
      tell_lines("", facts.dump(2));
      tell_lines("", text);
      return;
    }
    tell_lines("", facts.dump(2));
  }

  void tell_verdict() {
    heading("verdict");
    tell_lines("", evidence::Json::parse(bundle_.verdict, nullptr, false).dump(2));
  }

  const Bundle& bundle_;
  std::vector<bool> told_;  // sets
  std::string out_;
};

}  // namespace

base::Result<Outcome> evidence_show(const Arguments& arguments) {
  const auto bundle = bundle_in(arguments.words()[1]);
  if (!bundle) return tl::unexpected(bundle.error());
  print(Teller(*bundle).tell());
  return Outcome::fine;
}

}  // namespace cli::dane
