#pragma once

#include <initializer_list>
#include <map>
#include <string_view>
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
  /// Whether there is such a name, with or without records (RFC 4592 2.2.2).
  [[nodiscard]] bool exists(const dns::Name& name) const { return exists(name.text()); }
  /// Whether any name is answered for by a wildcard or a DNAME record.
  [[nodiscard]] bool covers() const { return covers_; }

  /// What stands at one name.
  struct Node {
    std::vector<const ZoneRecord*> records;
    const ZoneRecord* cut = nullptr;    ///< the first NS record
    const ZoneRecord* dname = nullptr;  ///< the first DNAME record
    const ZoneRecord* alias = nullptr;  ///< the first CNAME record
  };
  /// Orders names by their labels from the right: what is below a name stands directly
  /// behind it, so that names without records need no place of their own.
  struct ByLabels {
    [[nodiscard]] bool operator()(std::string_view a, std::string_view b) const;
  };
  using Nodes = std::map<std::string_view, Node, ByLabels>;
  /// All names that have records.
  [[nodiscard]] const Nodes& nodes() const { return nodes_; }

 private:
  struct Descent;
  [[nodiscard]] Descent descend(std::string_view name) const;
  [[nodiscard]] bool exists(std::string_view name) const;
  [[nodiscard]] const Node& node(std::string_view name) const;
  [[nodiscard]] const Node& wildcard(std::string_view encloser) const;

  const Zone& zone_;
  Nodes nodes_;  // the names are those of the zone's records
  bool covers_ = false;
};

}  // namespace publish
