// From cipher lists to GnuTLS's priority strings.
//
// GnuTLS takes key exchanges, ciphers and MACs apart and offers every suite that can be
// made of them; OpenSSL's lists name suites. So a list may be such that GnuTLS would
// offer more than it names. That is accepted where the additional suite is as strong as
// one that was named with the same key exchange; else the list is refused, and the error
// names the suite: a list never ends up weaker than it was asked for.
#include "src/tls/priorities.h"

#include <gnutls/gnutls.h>

#include <algorithm>
#include <array>
#include <utility>

#include "src/base/bytes.h"
#include "src/tls/cipher_list.h"

namespace tls {
namespace {

constexpr std::string_view kTls13 = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
constexpr std::string_view kTls12 = "NORMAL:-VERS-ALL:+VERS-TLS1.2";
// No static RSA: who gets the key later reads what was recorded (RFC 9325 4.1).
constexpr std::string_view kNoStaticRsa = ":-RSA";
// ChaCha20 is many times slower than AES in GnuTLS on machines with AES instructions.
constexpr std::string_view kCiphers =
    ":-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-CCM"
    ":+AES-256-CCM:+AES-128-CBC:+AES-256-CBC";
constexpr std::string_view kGroups =
    ":-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:+GROUP-SECP521R1"
    ":+GROUP-X448:+GROUP-FFDHE2048:+GROUP-FFDHE3072:+GROUP-FFDHE4096";
// 112 bits (@SECLEVEL=2): no SHA-1 in signatures, Diffie-Hellman from 2,048 bits on.
constexpr std::string_view kLevel2 =
    ":-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1:-SIGN-DSA-SHA1:%PROFILE_MEDIUM";

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kTls13Suites = {{
    {"TLS_AES_128_GCM_SHA256", "AES-128-GCM"},
    {"TLS_AES_256_GCM_SHA384", "AES-256-GCM"},
    {"TLS_CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305"},
    {"TLS_AES_128_CCM_SHA256", "AES-128-CCM"},
    {"TLS_AES_128_CCM_8_SHA256", "AES-128-CCM-8"},
}};

using Words = std::vector<std::string_view>;

bool contains(const Words& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

void add_once(Words& words, std::string_view word) {
  if (!contains(words, word)) words.push_back(word);
}

bool works(const std::string& priorities) {
  gnutls_priority_t cache = nullptr;
  const int rc = gnutls_priority_init(&cache, priorities.c_str(), nullptr);
  if (rc == GNUTLS_E_SUCCESS) gnutls_priority_deinit(cache);
  return rc == GNUTLS_E_SUCCESS;
}

int bits_of(std::string_view cipher) {
  return cipher.find("128") != std::string_view::npos ? 128 : 256;
}

/// What can be said of strength without an opinion: key bits of the cipher, and how what
/// is sent is protected (a short tag, SHA-1, SHA-2, an AEAD cipher).
std::pair<int, int> strength(const Suite& suite) {
  const int bits = bits_of(suite.cipher);
  if (suite.cipher.ends_with("-8")) return {bits, 0};
  if (suite.mac == "SHA1") return {bits, 1};
  return {bits, suite.mac == "AEAD" ? 3 : 2};
}

bool as_strong_as(const Suite& suite, const Suite& other) {
  const auto mine = strength(suite);
  const auto theirs = strength(other);
  return suite.kx == other.kx && mine.first >= theirs.first &&
         mine.second >= theirs.second;
}

tl::unexpected<base::Error> bad_ciphers(const std::string& why) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_ciphers,
                    "unable to set cipher list: " + why);
}

/// A cipher list taken apart as GnuTLS has it.
class Parts {
 public:
  explicit Parts(CipherList list) : list_(std::move(list)) {
    for (const Suite* suite : list_.chosen) {
      add_once(kxs_, suite->kx);
      add_once(ciphers_, suite->cipher);
      add_once(macs_, suite->mac);
    }
    for (const auto& [suite, cipher] : kTls13Suites) {
      if (contains(list_.tls13, suite)) add_once(ciphers_, cipher);
    }
    if (!has_tls13()) keep_tls13();
  }

  [[nodiscard]] bool has_tls13() const {
    return std::ranges::any_of(
        kTls13Suites, [&](const auto& s) { return contains(ciphers_, s.second); });
  }

  /// What GnuTLS would offer and the list does not allow; nothing if that is nothing.
  [[nodiscard]] std::string_view too_much() const {
    for (const Suite& suite : suites()) {
      if (is_made(suite) && !is_allowed(suite)) return suite.openssl;
    }
    for (const auto& [suite, cipher] : kTls13Suites) {
      const bool named = list_.tls13.empty() || contains(list_.tls13, suite);
      if (contains(ciphers_, cipher) && !named) return suite;
    }
    return {};
  }

  [[nodiscard]] std::string text() const {
    std::string out(has_tls13() ? kTls13 : kTls12);
    out += ":-KX-ALL" + joined(kxs_) + ":-CIPHER-ALL" + joined(ciphers_) + ":-MAC-ALL" +
           joined(macs_);
    if (has_tls13() && !contains(macs_, "AEAD")) out += ":+AEAD";
    return out;
  }

 private:
  /// A list of CBC alone says nothing of TLS 1.3, whose suites OpenSSL keeps in another
  /// one: what is as strong stays on offer, behind the others, unless it was excluded.
  void keep_tls13() {
    for (const auto& [tls13, cipher] : kTls13Suites) {
      const std::string_view word = cipher;
      const auto has_cipher = [&](const Suite* s) { return s->cipher == word; };
      if (bits_of(cipher) < least_bits() || cipher.ends_with("-8") ||
          std::ranges::any_of(list_.excluded, has_cipher)) {
        continue;
      }
      Parts with = *this;
      with.ciphers_.push_back(cipher);
      add_once(with.macs_, "AEAD");
      if (with.too_much().empty()) *this = std::move(with);
    }
  }

  [[nodiscard]] int least_bits() const {
    int out = 256;
    for (const Suite* suite : list_.chosen) out = std::min(out, bits_of(suite->cipher));
    return out;
  }

  static std::string joined(const Words& words) {
    std::string out;
    for (const std::string_view word : words) out += ":+" + std::string(word);
    return out;
  }

  [[nodiscard]] bool is_made(const Suite& suite) const {
    return contains(kxs_, suite.kx) && contains(ciphers_, suite.cipher) &&
           contains(macs_, suite.mac);
  }
  [[nodiscard]] bool is_allowed(const Suite& suite) const {
    const auto is_in = [&](const std::vector<const Suite*>& some) {
      return std::ranges::find(some, &suite) != some.end();
    };
    return is_in(list_.chosen) ||
           (!is_in(list_.excluded) &&
            std::ranges::any_of(list_.chosen, [&](const Suite* other) {
              return as_strong_as(suite, *other);
            }));
  }

  CipherList list_;
  Words kxs_;
  Words ciphers_;
  Words macs_;
};

/// Whether the list asks for what is offered anyway.
bool is_default(const CipherList& list) {
  std::vector<const Suite*> usual;
  for (const Suite& suite : suites()) {
    if (is_usual(suite)) usual.push_back(&suite);
  }
  return list.tls13.empty() && list.chosen == usual;
}

/// Suites of TLS 1.3 and nothing else: their ciphers, in whatever version.
std::string of_tls13_suites(const CipherList& list) {
  std::string out = std::string(kTls13) + std::string(kNoStaticRsa) + ":-CIPHER-ALL";
  for (const std::string_view named : list.tls13) {
    for (const auto& [suite, cipher] : kTls13Suites) {
      if (suite == named) out += ":+" + std::string(cipher);
    }
  }
  return out;
}

base::Result<std::string> translated(std::string_view text) {
  auto list = parse_cipher_list(text);
  if (!list) return tl::unexpected(list.error());
  const std::string level(list->security_level == 2 ? kLevel2 : "");
  if (is_default(*list)) return default_priorities() + level;
  if (list->chosen.empty() && !list->tls13.empty()) {
    return of_tls13_suites(*list) + std::string(kGroups) + level;
  }
  if (list->chosen.empty()) {
    return bad_ciphers(base::printable(text, base::kWord) +
                       " leaves no suite that is offered (static RSA, RC4, 3DES and what "
                       "does not authenticate never are)");
  }
  const Parts parts(std::move(*list));
  if (const std::string_view more = parts.too_much(); !more.empty()) {
    return bad_ciphers(base::printable(text, base::kWord) +
                       " cannot be said to GnuTLS without " + std::string(more));
  }
  return parts.text() + std::string(kGroups) + level;
}

}  // namespace

std::string default_priorities() {
  return std::string(kTls13) + std::string(kNoStaticRsa) + std::string(kCiphers) +
         std::string(kGroups);
}

bool allow_tls12(const std::string& priorities) {
  gnutls_priority_t cache = nullptr;
  if (gnutls_priority_init(&cache, priorities.c_str(), nullptr) != GNUTLS_E_SUCCESS) {
    return false;
  }
  const unsigned* versions = nullptr;
  const int count = gnutls_priority_protocol_list(cache, &versions);
  const bool found = std::find(versions, versions + std::max(count, 0),
                               unsigned{GNUTLS_TLS1_2}) != versions + std::max(count, 0);
  gnutls_priority_deinit(cache);
  return found;
}

base::Result<std::string> priorities_for(std::string_view cipher_list) {
  if (cipher_list.empty()) return default_priorities();
  if (std::string priorities(cipher_list); works(priorities)) return priorities;
  auto out = translated(cipher_list);
  if (out && !works(*out)) {
    return bad_ciphers(base::printable(cipher_list, base::kWord) +
                       " makes nothing of use");
  }
  return out;
}

}  // namespace tls
