#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "src/evidence/second_validator.h"

namespace evidence::test {

/// When the answers of the tests are judged: 2027-01-15.
inline constexpr std::chrono::sys_seconds kNow{std::chrono::seconds{1'800'000'000}};
inline constexpr std::uint32_t kToday = 1'800'000'000, kDay = 86'400;

/// Records of one owner and type on their way into a bundle, to be spoilt at will.
struct Draft {
  std::string owner;
  std::uint16_t type = 0;
  std::uint32_t ttl = 3600;
  std::vector<base::Bytes> records;     ///< RDATA
  std::vector<base::Bytes> signatures;  ///< RDATA of RRSIG records

  /// The set as a bundle has it.
  [[nodiscard]] base::Bytes wire() const;
  /// The draft with another owner, as a wildcard's answer has it.
  [[nodiscard]] Draft at(std::string other) const;
  [[nodiscard]] Draft without_signatures() const;
};

/// Records written as in a zone file.
[[nodiscard]] Draft draft(const std::string& owner, const std::string& type,
                          std::initializer_list<std::string> records);
[[nodiscard]] std::uint16_t type_number(const std::string& type);
[[nodiscard]] base::Bytes wire_name(const std::string& name);

/// What a signature says where it is not what an honest signer would say.
struct SigningTerms {
  std::uint32_t inception = kToday - 5 * kDay;
  std::uint32_t expiration = kToday + 9 * kDay;
  std::optional<std::uint8_t> labels = {};
  std::optional<std::string> signer = {};
  std::optional<std::uint16_t> tag = {};
};

/// A key of a zone, which ldns makes and signs with.
class SigningKey {
 public:
  SigningKey(std::string zone, std::uint8_t algorithm, std::size_t bits = 0);

  [[nodiscard]] const std::string& zone() const { return zone_; }
  [[nodiscard]] base::Bytes dnskey() const;  ///< RDATA
  [[nodiscard]] base::Bytes ds(std::uint8_t digest) const;
  [[nodiscard]] std::string text(bool ds) const;  ///< as a file of trust anchors has it
  [[nodiscard]] Draft sign(Draft draft, const SigningTerms& terms = {}) const;

 private:
  struct Parts;
  std::string zone_;
  std::shared_ptr<Parts> parts_;
};

/// An internet of answers, with a root of its own, to be judged.
class World {
 public:
  World();

  /// A signed zone that its parent delegates to.
  const SigningKey& add_zone(const std::string& name, std::uint8_t algorithm = 13,
                             std::size_t bits = 0);
  [[nodiscard]] const SigningKey& zone(const std::string& name) const;
  /// The answer to a question, in place of one that was there before.
  void answer(const std::string& name, const std::string& type, int rcode,
              const std::vector<Draft>& answer, const std::vector<Draft>& authority = {});
  void forget(const std::string& name, const std::string& type);

  [[nodiscard]] SecondOpinion judge() const;
  [[nodiscard]] JudgedAnswer judge(const std::string& name,
                                   const std::string& type) const;
  /// The state of an answer, and why: `bogus: example. DS: ...`
  [[nodiscard]] std::string told(const std::string& name, const std::string& type) const;

  ValidationBasis basis;
  std::vector<base::Bytes> sets;
  std::vector<Answer> answers;

 private:
  [[nodiscard]] std::vector<std::size_t> places_of(const std::vector<Draft>& drafts);
  std::map<std::string, SigningKey> zones_;
};

/// NSEC records, signed by their zone's key.
[[nodiscard]] Draft nsec(const SigningKey& key, const std::string& owner,
                         const std::string& next, const std::string& types);

/// How a zone of the tests hashes, and whether it opts out.
struct Nsec3Terms {
  std::uint8_t flags = 0;
  std::uint16_t iterations = 2;
  std::string salt = "ab";  ///< hexadecimal digits
  std::uint8_t hash = 1;
};
/// The NSEC3 record of a name that exists, signed.
[[nodiscard]] Draft nsec3_at(const SigningKey& key, const std::string& name,
                             const std::string& types, const Nsec3Terms& terms = {});
/// An NSEC3 record that says that a name does not exist.
[[nodiscard]] Draft nsec3_over(const SigningKey& key, const std::string& name,
                               const std::string& types = "A RRSIG",
                               const Nsec3Terms& terms = {});

}  // namespace evidence::test
