// The language of cipher lists that users of OpenSSL write (openssl-ciphers(1)).
//
// A list that is misread must not end up weaker than it was meant. So a word that is not
// known is an error, also behind `!`: it may name something that we offer. What is known
// and never offered selects nothing, as in an OpenSSL that is built without it.
#include "src/tls/cipher_list.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <optional>

#include "src/base/bytes.h"

namespace tls {
namespace {

using Suites = std::vector<const Suite*>;
using Predicate = bool (*)(const Suite&);

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

unsigned cipher_bits(const Suite& suite) { return has(suite.cipher, "128") ? 128 : 256; }

struct Word {
  std::string_view text;
  Predicate fits;
};

bool any(const Suite& /*suite*/) { return true; }
bool is_ecdhe(const Suite& s) { return s.kx.starts_with("ECDHE-"); }
bool is_dhe(const Suite& s) { return s.kx.starts_with("DHE-"); }
bool is_ecdsa(const Suite& s) { return s.kx.ends_with("-ECDSA"); }
bool is_rsa(const Suite& s) { return s.kx.ends_with("-RSA"); }
bool is_sha1(const Suite& s) { return s.mac == "SHA1"; }
bool is_before_1_2(const Suite& s) { return is_sha1(s); }

constexpr std::array kWords = std::to_array<Word>({
    {"ALL", any},
    {"HIGH", any},
    {"DEFAULT", any},
    {"ECDHE", is_ecdhe},
    {"EECDH", is_ecdhe},
    {"kECDHE", is_ecdhe},
    {"kEECDH", is_ecdhe},
    {"ECDH", is_ecdhe},
    {"DHE", is_dhe},
    {"EDH", is_dhe},
    {"kDHE", is_dhe},
    {"kEDH", is_dhe},
    {"DH", is_dhe},
    {"aECDSA", is_ecdsa},
    {"ECDSA", is_ecdsa},
    {"aRSA", is_rsa},
    {"AES", [](const Suite& s) { return s.cipher.starts_with("AES"); }},
    {"AES128", [](const Suite& s) { return s.cipher.starts_with("AES-128"); }},
    {"AES256", [](const Suite& s) { return s.cipher.starts_with("AES-256"); }},
    {"AESGCM", [](const Suite& s) { return s.cipher.ends_with("GCM"); }},
    {"AESCCM", [](const Suite& s) { return has(s.cipher, "-CCM"); }},
    {"AESCCM8", [](const Suite& s) { return s.cipher.ends_with("-CCM-8"); }},
    {"CHACHA20", [](const Suite& s) { return s.cipher.starts_with("CHACHA20"); }},
    {"CAMELLIA", [](const Suite& s) { return s.cipher.starts_with("CAMELLIA"); }},
    {"CAMELLIA128", [](const Suite& s) { return s.cipher.starts_with("CAMELLIA-128"); }},
    {"CAMELLIA256", [](const Suite& s) { return s.cipher.starts_with("CAMELLIA-256"); }},
    {"SHA", is_sha1},
    {"SHA1", is_sha1},
    {"SHA256", [](const Suite& s) { return s.mac == "SHA256"; }},
    {"SHA384", [](const Suite& s) { return s.mac == "SHA384"; }},
    {"TLSv1.2", [](const Suite& s) { return !is_before_1_2(s); }},
    {"TLSv1.0", [](const Suite& s) { return is_before_1_2(s) && is_ecdhe(s); }},
    {"TLSv1", [](const Suite& s) { return is_before_1_2(s) && is_ecdhe(s); }},
    {"SSLv3", [](const Suite& s) { return is_before_1_2(s) && is_dhe(s); }},
});

// Kinds of suites none of which is ever offered.
constexpr std::array kNeverOffered =
    std::to_array<std::string_view>({"MEDIUM",
                                     "LOW",
                                     "EXP",
                                     "EXPORT",
                                     "EXPORT40",
                                     "EXPORT56",
                                     "eNULL",
                                     "NULL",
                                     "aNULL",
                                     "ADH",
                                     "AECDH",
                                     "RSA",
                                     "kRSA",
                                     "kDHr",
                                     "kDHd",
                                     "kDH",
                                     "kECDHr",
                                     "kECDHe",
                                     "kECDH",
                                     "aDH",
                                     "aECDH",
                                     "aDSS",
                                     "DSS",
                                     "PSK",
                                     "kPSK",
                                     "aPSK",
                                     "kDHEPSK",
                                     "kEDHPSK",
                                     "kECDHEPSK",
                                     "kEECDHPSK",
                                     "kRSAPSK",
                                     "SRP",
                                     "kSRP",
                                     "aSRP",
                                     "3DES",
                                     "DES",
                                     "RC4",
                                     "RC2",
                                     "IDEA",
                                     "SEED",
                                     "MD5",
                                     "ARIA",
                                     "ARIA128",
                                     "ARIA256",
                                     "ARIAGCM",
                                     "GOST89",
                                     "GOST94",
                                     "GOST89MAC",
                                     "GOST12",
                                     "kGOST",
                                     "kGOST18",
                                     "aGOST",
                                     "aGOST01",
                                     "aGOST12",
                                     "SSLv2",
                                     "COMPLEMENTOFALL",
                                     "COMPLEMENTOFDEFAULT"});

// Parts of the names of such suites.
constexpr std::array kWeakParts = std::to_array<std::string_view>(
    {"PSK-", "SRP-", "ADH-", "AECDH-", "ARIA", "SEED-", "RC4-", "RC2-", "IDEA-", "NULL-",
     "DES-CBC", "DSS-", "EXP-", "GOST"});

constexpr std::array kTls13 = std::to_array<std::string_view>(
    {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
     "TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256"});

tl::unexpected<base::Error> unknown(std::string_view word) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_ciphers,
                    "unable to set cipher list: " + base::printable(word, base::kWord) +
                        " has no counterpart in GnuTLS");
}

/// Whether the word, which has no `+`, fits the suite; nothing for one that is not known.
std::optional<bool> word_fits(std::string_view word, const Suite& suite) {
  if (word == suite.openssl || word == suite.iana) return true;
  const auto* known = std::ranges::find(kWords, word, &Word::text);
  if (known != kWords.end()) return known->fits(suite);
  const auto same = [&](const Suite& s) { return word == s.openssl || word == s.iana; };
  const auto part = [&](std::string_view weak) { return has(word, weak); };
  if (std::ranges::find(kNeverOffered, word) != kNeverOffered.end() ||
      std::ranges::any_of(suites(), same) || std::ranges::any_of(kWeakParts, part)) {
    return false;
  }
  return std::nullopt;
}

/// The words between separators.
std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    if (end > 0) out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

/// All suites that we offer and that words joined by `+` stand for.
base::Result<Suites> matches(std::string_view joined) {
  Suites out;
  const auto words = split(joined, "+");
  if (words.empty()) return unknown(joined);
  for (const Suite& suite : suites()) {
    bool fits = true;
    for (const std::string_view word : words) {
      const auto fitting = word_fits(word, suite);
      if (!fitting) return unknown(word);
      fits = fits && *fitting;
    }
    if (fits && is_offered(suite)) out.push_back(&suite);
  }
  return out;
}

class Reader {
 public:
  base::Result<void> read(std::string_view element) {
    const char first = element.front();
    const bool has_sign = first == '!' || first == '-' || first == '+';
    const std::string_view words = element.substr(has_sign ? 1 : 0);
    if (first == '@') return command(element);
    if (words.empty()) return unknown(element);
    if (std::ranges::find(kTls13, words) != kTls13.end()) {
      if (has_sign) return unknown(element);
      out_.tls13.push_back(words);
      return {};
    }
    auto found = matches(words);
    if (!found) return tl::unexpected(found.error());
    switch (first) {
      case '!':
        drop(out_.chosen, *found);
        killed_.insert(killed_.end(), found->begin(), found->end());
        break;
      case '-':
        drop(out_.chosen, *found);
        removed_.insert(removed_.end(), found->begin(), found->end());
        break;
      case '+':
        to_the_end(*found);
        break;
      default:
        add(*found);
    }
    return {};
  }

  CipherList finish() {
    out_.excluded = std::move(killed_);
    out_.excluded.insert(out_.excluded.end(), removed_.begin(), removed_.end());
    drop(out_.excluded, out_.chosen);
    return std::move(out_);
  }

 private:
  static bool contains(const Suites& suites, const Suite* suite) {
    return std::ranges::find(suites, suite) != suites.end();
  }
  static void drop(Suites& from, const Suites& what) {
    std::erase_if(from, [&](const Suite* s) { return contains(what, s); });
  }

  void add(const Suites& found) {
    const bool usual = std::ranges::any_of(found, [](auto* s) { return is_usual(*s); });
    for (const Suite* suite : found) {
      if (usual && !is_usual(*suite)) continue;
      if (contains(out_.chosen, suite) || contains(killed_, suite)) continue;
      out_.chosen.push_back(suite);
    }
  }

  void to_the_end(const Suites& found) {
    std::stable_partition(out_.chosen.begin(), out_.chosen.end(),
                          [&](const Suite* s) { return !contains(found, s); });
  }

  base::Result<void> command(std::string_view word) {
    constexpr std::string_view kLevel = "@SECLEVEL=";
    if (word == "@STRENGTH") {
      std::stable_sort(out_.chosen.begin(), out_.chosen.end(),
                       [](const Suite* one, const Suite* other) {
                         return cipher_bits(*one) > cipher_bits(*other);
                       });
      return {};
    }
    if (!word.starts_with(kLevel) || word.size() != kLevel.size() + 1) {
      return unknown(word);
    }
    const char level = word.back();
    // From level 3 on, keys of peers are to be longer than ours are held to.
    if (level < '0' || level > '2') return unknown(word);
    out_.security_level = static_cast<unsigned>(level - '0');
    return {};
  }

  CipherList out_;
  Suites killed_;
  Suites removed_;
};

}  // namespace

bool is_offered(const Suite& suite) {
  constexpr std::array<std::string_view, 3> kBroken = {"3DES-CBC", "ARCFOUR-128", "NULL"};
  const bool forward_secret = is_ecdhe(suite) || suite.kx == "DHE-RSA";
  return forward_secret && std::ranges::find(kBroken, suite.cipher) == kBroken.end();
}

bool is_usual(const Suite& suite) {
  return is_offered(suite) && (suite.mac == "AEAD" || suite.mac == "SHA1") &&
         !suite.cipher.ends_with("-8") && !suite.cipher.starts_with("CAMELLIA");
}

base::Result<CipherList> parse_cipher_list(std::string_view list) {
  Reader reader;
  for (std::string_view element : split(list, ":,; \t")) {
    while (!element.empty()) {  // a command may follow a word at once: DEFAULT@STRENGTH
      const std::string_view one = element.substr(0, element.find('@', 1));
      if (auto read = reader.read(one); !read) return tl::unexpected(read.error());
      element.remove_prefix(one.size());
    }
  }
  return reader.finish();
}

}  // namespace tls
