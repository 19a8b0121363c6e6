#pragma once

#include <string>

#include "resolver/answer_section.h"
#include "resolver/type.h"
#include "src/base/address.h"
#include "src/base/records.h"
#include "src/base/tlsa.h"

/// The records that can be looked up, one struct each: its type, the value that its RDATA
/// becomes, and how. RDATA of another shape is an Error of kind `temporary`, code
/// `malformed`. A new type of record is a new struct here.
namespace resolver::record {

using Rdata = base::ByteView;

struct A {
  static constexpr Type type = Type::a;
  using Value = net::Address;
  [[nodiscard]] static base::Result<Value> read(const AnswerSection& message,
                                                Rdata rdata);
};

/// An IPv4-mapped address is the IPv4 address (RFC 4291 2.5.5.2).
struct Aaaa {
  static constexpr Type type = Type::aaaa;
  using Value = net::Address;
  [[nodiscard]] static base::Result<Value> read(const AnswerSection& message,
                                                Rdata rdata);
};

/// One that is too short for its fields is no error: it stands beside good ones and
/// cannot be used (RFC 6698 4.1).
struct Tlsa {
  static constexpr Type type = Type::tlsa;
  using Value = dns::Tlsa;
  [[nodiscard]] static base::Result<Value> read(const AnswerSection& message,
                                                Rdata rdata);
};

struct Mx {
  static constexpr Type type = Type::mx;
  using Value = dns::Mx;
  [[nodiscard]] static base::Result<Value> read(const AnswerSection& message,
                                                Rdata rdata);
};

struct Srv {
  static constexpr Type type = Type::srv;
  using Value = dns::Srv;
  [[nodiscard]] static base::Result<Value> read(const AnswerSection& message,
                                                Rdata rdata);
};

/// Its strings joined (RFC 1035 3.3.14).
struct Txt {
  static constexpr Type type = Type::txt;
  using Value = std::string;
  [[nodiscard]] static base::Result<Value> read(const AnswerSection& message,
                                                Rdata rdata);
};

struct Dnskey {
  static constexpr Type type = Type::dnskey;
  using Value = dns::Dnskey;
  [[nodiscard]] static base::Result<Value> read(const AnswerSection& message,
                                                Rdata rdata);
};

struct Ds {
  static constexpr Type type = Type::ds;
  using Value = dns::Ds;
  [[nodiscard]] static base::Result<Value> read(const AnswerSection& message,
                                                Rdata rdata);
};

struct Nsec3Param {
  static constexpr Type type = Type::nsec3param;
  using Value = dns::Nsec3Param;
  [[nodiscard]] static base::Result<Value> read(const AnswerSection& message,
                                                Rdata rdata);
};

/// A record whose RDATA is one name.
template <Type kType>
struct Target {
  static constexpr Type type = kType;
  using Value = dns::Name;
  [[nodiscard]] static base::Result<Value> read(const AnswerSection& message,
                                                Rdata rdata) {
    return message.name_in(rdata, 0);
  }
};

/// The alias at the question itself: which hop of a chain is insecure is found by asking
/// for the first one alone (RFC 7672 2.1.3).
using Cname = Target<Type::cname>;
/// What makes the alias at each name below it (RFC 6672).
using Dname = Target<Type::dname>;
using Ns = Target<Type::ns>;
using Ptr = Target<Type::ptr>;

}  // namespace resolver::record
