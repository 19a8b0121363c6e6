#include "resolver/type.h"

namespace resolver {

std::string_view to_text(Type type) {
  switch (type) {
    case Type::a:
      return "A";
    case Type::ns:
      return "NS";
    case Type::cname:
      return "CNAME";
    case Type::soa:
      return "SOA";
    case Type::ptr:
      return "PTR";
    case Type::mx:
      return "MX";
    case Type::txt:
      return "TXT";
    case Type::aaaa:
      return "AAAA";
    case Type::srv:
      return "SRV";
    case Type::dname:
      return "DNAME";
    case Type::ds:
      return "DS";
    case Type::dnskey:
      return "DNSKEY";
    case Type::nsec3param:
      return "NSEC3PARAM";
    case Type::tlsa:
      return "TLSA";
  }
  return "?";
}

}  // namespace resolver
