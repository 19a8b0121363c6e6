#include "src/evidence/alias_order.h"

#include <algorithm>
#include <utility>

#include "resolver/type.h"
#include "src/evidence/record_reader.h"
#include "src/evidence/signed_set.h"

namespace evidence {
namespace {

constexpr std::size_t kMostStops = 32;
constexpr auto kCname = static_cast<std::uint16_t>(resolver::Type::cname);

class AliasOrder {
 public:
  explicit AliasOrder(std::vector<base::Bytes> sets) : sets_(std::move(sets)) {
    for (const base::Bytes& octets : sets_) {
      const auto set = read_signed_set(octets);
      places_.push_back({set ? set->owner : WireName(),
                         set ? set->type : std::uint16_t{0},
                         set ? target_of(*set) : std::nullopt});
    }
  }

  [[nodiscard]] AliasWay from(const dns::Name& question) {
    // A way goes through each set at most once, so it ends. A stranger's may be as long
    // as his answer, and no validator follows it so far.
    auto name = WireName::from(question);
    while (name && out_.stops.size() < kMostStops) {
      const WireName here = *name;
      out_.stops.push_back({here, out_.sets.size()});
      name.reset();
      const auto dname = take([&](const Place& place) {
        return place.type == kDname && here.is_below(place.owner);
      });
      if (dname && dname->target) name = here.moved(dname->owner, *dname->target);
      while (const auto set = take([&](const Place& p) { return p.owner == here; })) {
        if (set->type == kCname) name = set->target;
      }
    }
    out_.along = out_.sets.size();
    for (std::size_t i = 0; i < sets_.size(); ++i) put(i);
    return std::move(out_);
  }

 private:
  struct Place {
    WireName owner;
    std::uint16_t type = 0;
    std::optional<WireName> target;
    bool is_taken = false;
  };

  static std::optional<WireName> target_of(const SignedSet& set) {
    if (set.type != kCname && set.type != kDname) return std::nullopt;
    RecordReader reader(set.records.front());
    WireName out = reader.name();
    if (!reader.is_whole()) return std::nullopt;
    return out;
  }

  template <typename Of>
  std::optional<Place> take(const Of& of) {
    const auto found = std::ranges::find_if(
        places_, [&](const Place& place) { return !place.is_taken && of(place); });
    if (found == places_.end()) return std::nullopt;
    put(static_cast<std::size_t>(found - places_.begin()));
    return *found;
  }

  void put(std::size_t index) {
    if (std::exchange(places_[index].is_taken, true)) return;
    out_.sets.push_back(std::move(sets_[index]));
  }

  std::vector<base::Bytes> sets_;
  std::vector<Place> places_;
  AliasWay out_;
};

}  // namespace

AliasWay way_of_aliases(std::vector<base::Bytes> sets, const dns::Name& question) {
  return AliasOrder(std::move(sets)).from(question);
}

std::vector<base::Bytes> in_alias_order(std::vector<base::Bytes> sets,
                                        const dns::Name& question) {
  if (sets.size() < 2) return sets;
  return way_of_aliases(std::move(sets), question).sets;
}

}  // namespace evidence
