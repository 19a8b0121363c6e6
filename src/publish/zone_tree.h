#pragma once

#include <initializer_list>
#include <map>
#include <vector>

#include "src/publish/zone_file.h"

namespace publish {

/// How an authoritative server's search for a name ends.
enum class AnswerEnd {
  data,       ///< there are records of the type
  nothing,    ///< the name or the type does not exist
  outside,    ///< an alias leads out of the zone
  delegated,  ///< a child zone would know
  loop,       ///< aliases without an end
};

/// What this zone answers.
struct ZoneAnswer {
  AnswerEnd end = AnswerEnd::nothing;
  std::vector<const ZoneRecord*> records;  ///< with `data`
  std::vector<const ZoneRecord*> aliases;  ///< CNAME and DNAME records on the way
  dns::Name last;                          ///< the name that was looked for at last
};

/// Why a record of the file is never in an answer.
struct Hidden {
  enum class Why {
    no,
    outside,    ///< its owner is not in the zone (RFC 1035 5.2)
    delegated,  ///< below an NS record of a child zone (RFC 1034 4.2.1)
    renamed,    ///< below a DNAME record (RFC 6672 2.4)
  };
  Why why = Why::no;
  const ZoneRecord* by = nullptr;  ///< the NS or DNAME record
};

/// The names of a zone, searched as an authoritative server does (RFC 1034 4.3.2): cut at
/// delegations, renamed by DNAME (RFC 6672 3.2), with wildcards only below the closest
/// encloser, which an empty non-terminal can be (RFC 4592 3.3.1). Views of the zone.
class ZoneTree {
 public:
  explicit ZoneTree(const Zone& zone);

  /// Looks for records of any of these types.
  [[nodiscard]] ZoneAnswer lookup(const dns::Name& name,
                                  std::initializer_list<RecordType> types) const;
  /// Whether a record is in answers at all.
  [[nodiscard]] Hidden hidden(const ZoneRecord& record) const;
  /// The records of a name itself, whether or not they are ever answered.
  [[nodiscard]] const std::vector<const ZoneRecord*>& at(const dns::Name& name) const;
  /// All names, those without records too.
  using Nodes = std::map<dns::Name, std::vector<const ZoneRecord*>>;
  [[nodiscard]] const Nodes& nodes() const { return nodes_; }

 private:
  struct Descent;
  [[nodiscard]] Descent descend(const dns::Name& name) const;
  [[nodiscard]] bool exists(const dns::Name& name) const;

  const Zone& zone_;
  Nodes nodes_;
};

/// The record of this type among some; null if there is none.
[[nodiscard]] const ZoneRecord* first_of(const std::vector<const ZoneRecord*>& records,
                                         RecordType type);

}  // namespace publish
