#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "resolver/type.h"
#include "src/base/bytes.h"
#include "src/base/error.h"
#include "src/base/name.h"
#include "src/base/records.h"

namespace resolver {

/// An answer that is not of the shape that it has to have. Kind `temporary`, code
/// `malformed`.
[[nodiscard]] tl::unexpected<base::Error> malformed(std::string_view what);

/// Two and four octets of RDATA, most significant first; they must be there.
[[nodiscard]] std::uint16_t number_at(base::ByteView rdata, std::size_t offset);
[[nodiscard]] std::uint32_t long_at(base::ByteView rdata, std::size_t offset);

/// The records of class IN in the answer section of a message, read once. The only place
/// that reads the records of DNS messages. The message must outlive it.
class AnswerSection {
 public:
  /// One record of it; its RDATA as it came, in the message.
  struct Record {
    dns::Name owner;
    int type = 0;
    std::chrono::seconds ttl{0};
    base::ByteView rdata;
  };

  /// Error kind `temporary`, codes `malformed` and `bad_name`.
  [[nodiscard]] static base::Result<AnswerSection> parse(base::ByteView packet);

  [[nodiscard]] std::vector<const Record*> at(const dns::Name& owner, Type type) const;
  /// The owner of a DNAME record that makes an alias of this name (RFC 6672 2.2).
  [[nodiscard]] std::optional<dns::Name> dname_above(const dns::Name& name) const;
  /// The signature of an RRset that ends first, if it has one from a zone that may sign
  /// it (RFC 4035 5.3.1).
  [[nodiscard]] const dns::Signature* signature(const dns::Name& owner, Type type) const;
  /// The name that fills RDATA from `offset` to its end.
  [[nodiscard]] base::Result<dns::Name> name_in(base::ByteView rdata,
                                                std::size_t offset) const;

 private:
  /// A signature and the RRset that it signs (RFC 4034 3.1).
  struct Covered {
    dns::Name owner;
    int type = 0;
    dns::Signature signature;
  };

  void keep(Record record);
  [[nodiscard]] std::optional<std::size_t> name_ends(base::ByteView rdata,
                                                     std::size_t offset,
                                                     std::string& text) const;

  base::ByteView packet_;
  std::vector<Record> records_;
  std::vector<Covered> signatures_;
};

}  // namespace resolver
