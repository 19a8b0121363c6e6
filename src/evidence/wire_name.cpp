#include "src/evidence/wire_name.h"

#include <algorithm>

#include "resolver/wire_name.h"

namespace evidence {
namespace {

constexpr std::size_t kMostOctets = 255;  // RFC 1035 2.3.4
constexpr std::size_t kMostLabel = 63;

}  // namespace

std::optional<WireName> WireName::take(base::ByteView& octets) {
  WireName out;
  std::size_t at = 0;
  while (at < octets.size() && octets[at] != std::byte{0}) {
    const auto size = std::to_integer<std::size_t>(octets[at]);
    if (size > kMostLabel || at + 1 + size >= kMostOctets) return std::nullopt;
    out.starts_.push_back(static_cast<std::uint8_t>(at));
    at += 1 + size;
  }
  if (at >= octets.size()) return std::nullopt;
  // A length is never a letter: lower case may be made of all octets.
  out.octets_ = base::lower(base::as_text(octets.first(at + 1)));
  octets = octets.subspan(at + 1);
  return out;
}

std::optional<WireName> WireName::from(const dns::Name& name) {
  const auto wire = resolver::wire_form(name);
  if (!wire) return std::nullopt;
  base::ByteView octets = *wire;
  auto out = take(octets);
  if (!octets.empty()) return std::nullopt;
  return out;
}

std::string_view WireName::label(std::size_t from_left) const {
  const std::size_t start = starts_[from_left];
  return std::string_view(octets_).substr(start + 1,
                                          static_cast<unsigned char>(octets_[start]));
}

std::string_view WireName::first_label() const {
  return starts_.empty() ? std::string_view() : label(0);
}

bool WireName::is_within(const WireName& other) const {
  return count() >= other.count() && shared(other) == other.count();
}

std::size_t WireName::shared(const WireName& other) const {
  const std::size_t most = std::min(count(), other.count());
  std::size_t out = 0;
  while (out < most && label(count() - 1 - out) == other.label(other.count() - 1 - out)) {
    ++out;
  }
  return out;
}

WireName WireName::last(std::size_t labels) const {
  if (labels >= count()) return *this;
  const std::size_t first = count() - labels;
  const std::size_t start = labels == 0 ? octets_.size() - 1 : starts_[first];
  WireName out;
  out.octets_ = octets_.substr(start);
  for (std::size_t i = first; i < count(); ++i) {
    out.starts_.push_back(static_cast<std::uint8_t>(starts_[i] - start));
  }
  return out;
}

std::optional<WireName> WireName::wildcard() const {
  const std::string octets = "\1*" + octets_;
  base::ByteView view = base::as_bytes(octets);
  return take(view);
}

std::optional<WireName> WireName::moved(const WireName& from, const WireName& to) const {
  const std::size_t kept = octets_.size() - from.octets_.size();
  const std::string octets = octets_.substr(0, kept) + to.octets_;
  base::ByteView view = base::as_bytes(octets);
  return take(view);
}

dns::Name WireName::name() const {
  return resolver::name_of_wire(octets()).value_or(dns::Name());
}

std::string WireName::text() const {
  if (starts_.empty()) return ".";
  return base::printable(name().text(), base::kName);
}

std::strong_ordering WireName::operator<=>(const WireName& other) const {
  const std::size_t same = shared(other);
  if (same == count() || same == other.count()) return count() <=> other.count();
  const auto mine = label(count() - 1 - same);
  const auto theirs = other.label(other.count() - 1 - same);
  // std::string_view compares characters as unsigned octets.
  return mine.compare(theirs) <=> 0;
}

}  // namespace evidence
