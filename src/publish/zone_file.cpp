// The reader of zone files.
//
// Libraries read whole zones, and give up at the first record of a type that they do not
// know, at class before TTL, or at $GENERATE; some make octets up where a digit is
// missing. A lint of TLSA records needs the owners of all records, the targets of aliases
// and the data of half a dozen types. Those are read strictly: a record that a name
// server would not load is an error with its line, never something that is nearly right.
// Everything else is known by its owner alone, which is what decides whether a wildcard
// applies (RFC 4592 2.2).
#include "src/publish/zone_file.h"

#include <algorithm>

#include "src/publish/zone_generate.h"
#include "src/publish/zone_name.h"
#include "src/publish/zone_text.h"

namespace publish {
namespace {

using Words = std::span<const std::string_view>;

constexpr std::size_t kMostDepth = 8;     // of files within files
constexpr std::size_t kMostFiles = 1000;  // in all
constexpr std::size_t kMostRecords =
    4000000;  // a zone of that size is no administrator's
constexpr std::size_t kMostGenerated = 1000000;
constexpr std::chrono::seconds kDefaultTtl{3600};

tl::unexpected<base::Error> bad(std::string detail) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_zone, std::move(detail));
}

enum class ClassWord { none, in, other };

ClassWord class_word(std::string_view word) {
  const std::string lower = base::lower(word);
  if (lower == "in" || lower == "class1") return ClassWord::in;
  const bool numbered =
      lower.starts_with("class") && lower.size() > 5 &&
      std::ranges::all_of(lower.substr(5), [](char c) { return c >= '0' && c <= '9'; });
  const bool other = lower == "ch" || lower == "hs" || lower == "cs" || numbered;
  return other ? ClassWord::other : ClassWord::none;
}

class Reader {
 public:
  Reader(const std::optional<dns::Name>& origin, const ReadZoneFile& read)
      : read_(read), origin_(origin) {}

  base::Result<Zone> run(const std::string& path, const std::optional<dns::Name>& origin);

 private:
  base::Result<void> read_file(const std::string& path, const std::string& text);
  std::string_view without_mark(std::string_view text);
  base::Result<void> take(const ZoneEntry& entry);
  base::Result<void> take_directive(Words words);
  base::Result<void> take_origin(Words words);
  base::Result<void> take_ttl(Words words);
  base::Result<void> include(Words words);
  base::Result<void> generate(Words words);
  base::Result<void> generate_one(Words words, std::uint32_t number);
  base::Result<void> take_record(Words words, bool same_owner);
  base::Result<void> keep(ZoneRecord record);
  void pass_over(Severity severity, std::string_view code, const dns::Name& owner,
                 std::string detail);

  const ReadZoneFile& read_;
  std::optional<dns::Name> origin_;
  std::optional<dns::Name> first_origin_;
  std::optional<dns::Name> previous_;
  std::optional<std::chrono::seconds> default_ttl_;
  std::optional<std::chrono::seconds> last_ttl_;
  ZoneSpot at_;
  std::size_t depth_ = 0;
  bool placed_ = false;  // the error on its way out names its file and line already
  std::size_t generated_ = 0;
  Zone zone_;
};

base::Result<Zone> Reader::run(const std::string& path,
                               const std::optional<dns::Name>& origin) {
  const auto text = read_(path);
  if (!text) return tl::unexpected(text.error());
  if (auto ok = read_file(path, *text); !ok) return tl::unexpected(ok.error());
  if (!zone_.whole) {
    zone_.origin = origin ? *origin : first_origin_.value_or(dns::Name());
  }
  return std::move(zone_);
}

base::Result<void> Reader::read_file(const std::string& path, const std::string& text) {
  const ZoneSpot outer = at_;
  at_ = {zone_.files.size(), 0};
  zone_.files.push_back(path);
  ZoneText entries(without_mark(text));
  for (;;) {
    auto entry = entries.next();
    at_.line = entries.line();
    if (entry && !*entry) break;
    auto done = entry ? take(**entry) : tl::unexpected(entry.error());
    if (done) continue;
    if (placed_) return done;
    placed_ = true;
    return bad(path + ":" + std::to_string(at_.line) + ": " + done.error().detail);
  }
  at_ = outer;
  return {};
}

/// The text without a byte order mark, which makes the first line one of another name or
/// directive for name servers (RFC 1035 5.1 knows octets only).
std::string_view Reader::without_mark(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (!text.starts_with(kByteOrderMark)) return text;
  at_.line = 1;
  pass_over(Severity::error, "byte-order-mark", origin_.value_or(dns::Name()),
            "the file begins with a byte order mark (EF BB BF), which name servers take "
            "for a part of the first word: save it without one");
  return text.substr(kByteOrderMark.size());
}

void Reader::pass_over(Severity severity, std::string_view code, const dns::Name& owner,
                       std::string detail) {
  zone_.problems.push_back({at_, severity, std::string(code), owner, std::move(detail)});
}

base::Result<void> Reader::take(const ZoneEntry& entry) {
  const Words words(entry.words);
  if (words[0].starts_with('$')) return take_directive(words);
  return take_record(words, entry.same_owner);
}

base::Result<void> Reader::take_directive(Words words) {
  const std::string name = base::lower(words[0]);
  if (name == "$origin") return take_origin(words.subspan(1));
  if (name == "$ttl") return take_ttl(words.subspan(1));
  if (name == "$include") return include(words.subspan(1));
  if (name == "$generate") return generate(words.subspan(1));
  pass_over(Severity::warning, "directive", origin_.value_or(dns::Name()),
            base::printable(words[0], base::kWord) + " is not known: passed over");
  return {};
}

base::Result<void> Reader::take_origin(Words words) {
  if (words.size() != 1) return bad("$ORIGIN is followed by one name");
  auto name = zone_name(words[0], origin_);
  if (!name) return tl::unexpected(name.error());
  if (!first_origin_) first_origin_ = *name;
  origin_ = std::move(*name);
  return {};
}

base::Result<void> Reader::take_ttl(Words words) {
  const auto ttl = words.size() == 1 ? zone_span(words[0]) : std::nullopt;
  if (!ttl) return bad("$TTL is followed by one span, as 3600 or 1h");
  default_ttl_ = *ttl;
  return {};
}

// Origin and owner come back with the file's end (RFC 1035 5.1); a default TTL stays.
base::Result<void> Reader::include(Words words) {
  if (words.empty() || words.size() > 2) {
    return bad("$INCLUDE is followed by a file and perhaps an origin");
  }
  const auto outer_origin = origin_;
  const auto outer_previous = previous_;
  if (words.size() == 2) {
    auto name = zone_name(words[1], origin_);
    if (!name) return tl::unexpected(name.error());
    origin_ = std::move(*name);
  }
  const std::string& from = zone_.files[at_.file];
  const std::size_t slash = from.rfind('/');
  std::string path(words[0]);
  if (!path.starts_with('/') && slash != std::string::npos) {
    path = from.substr(0, slash + 1) + path;
  }
  const bool more = depth_ < kMostDepth && zone_.files.size() < kMostFiles;
  const auto text = more ? read_(path) : bad("too many files within files");
  base::Result<void> done;
  if (text) {
    ++depth_;
    done = read_file(path, *text);
    --depth_;
  } else {
    pass_over(Severity::error, "include", origin_.value_or(dns::Name()),
              "$INCLUDE is not followed: " + base::printable(text.error().detail));
  }
  origin_ = outer_origin;
  previous_ = outer_previous;
  return done;
}

// What it makes is what stands there: a record that no name server would load ends the
// run. What only this reader has too little room for is passed over.
base::Result<void> Reader::generate(Words words) {
  base::Result<void> done;
  const auto range =
      words.empty() ? bad("$GENERATE without a range") : generate_range(words[0]);
  if (!range) done = tl::unexpected(range.error());
  for (std::uint64_t n = range ? range->from : 1; range && done && n <= range->to;
       n += range->step) {
    done = generate_one(words.subspan(1), static_cast<std::uint32_t>(n));
    if (!done) done = tl::unexpected(done.error().in("at " + std::to_string(n)));
  }
  if (done || done.error().code != base::Code::generate_bound) return done;
  pass_over(Severity::warning, "generate", origin_.value_or(dns::Name()),
            "passed over: " + base::printable(done.error().detail));
  return {};
}

base::Result<void> Reader::generate_one(Words words, std::uint32_t number) {
  if (++generated_ > kMostGenerated) {
    return base::fail(base::ErrorKind::usage, base::Code::generate_bound,
                      "more than a million records by $GENERATE");
  }
  std::vector<std::string> texts;
  std::vector<std::string_view> views;
  for (const std::string_view word : words) {
    auto text = generated(word, number);
    if (!text) return tl::unexpected(text.error());
    texts.push_back(std::move(*text));
  }
  views.assign(texts.begin(), texts.end());
  if (views.empty()) return bad("$GENERATE without a record");
  return take_record(views, false);
}

// [owner] [TTL] [class] type data, or class before TTL (RFC 1035 5.1).
base::Result<void> Reader::take_record(Words words, bool same_owner) {
  ZoneRecord record;
  record.at = at_;
  if (!same_owner) {
    auto name = zone_name(words[0], origin_);
    if (!name) return tl::unexpected(name.error());
    previous_ = std::move(*name);
    words = words.subspan(1);
  }
  if (!previous_) return bad("a record without an owner, and none before it");
  record.owner = *previous_;
  std::optional<std::chrono::seconds> ttl;
  auto the_class = ClassWord::none;
  while (!words.empty()) {
    const auto span = ttl ? std::nullopt : zone_span(words[0]);
    const auto its_class =
        the_class == ClassWord::none ? class_word(words[0]) : ClassWord::none;
    if (!span && its_class == ClassWord::none) break;
    if (span) ttl = span;
    if (!span) the_class = its_class;
    words = words.subspan(1);
  }
  const auto type = words.empty() ? std::nullopt : record_type(words[0]);
  if (!type) return bad("a record without a type");
  record.type = type->type;
  if (ttl) last_ttl_ = ttl;
  if (the_class == ClassWord::other) {
    const bool tlsa = record.type == RecordType::tlsa;
    pass_over(tlsa ? Severity::error : Severity::note, "class", record.owner,
              "not of class IN: nobody looks here");
    return {};
  }
  if (auto ok = read_data(words.subspan(1), origin_, record); !ok) {
    return tl::unexpected(ok.error());
  }
  if (!type->known) {
    const bool service = record.owner.text().starts_with('_');
    pass_over(service ? Severity::warning : Severity::note, "unknown-type", record.owner,
              "the type " + base::printable(words[0], base::kWord) +
                  " is not known: its data are not looked at");
  }
  if (record.type == RecordType::soa && !last_ttl_) last_ttl_ = record.minimum;
  record.ttl = ttl            ? *ttl
               : default_ttl_ ? *default_ttl_
                              : last_ttl_.value_or(kDefaultTtl);
  return keep(std::move(record));
}

base::Result<void> Reader::keep(ZoneRecord record) {
  if (zone_.records.size() >= kMostRecords) return bad("more records than are looked at");
  if (record.type == RecordType::soa && !zone_.whole) {
    zone_.whole = true;
    zone_.origin = record.owner;
  }
  if (record.type == RecordType::tlsa) ++zone_.tlsa;
  zone_.records.push_back(std::move(record));
  return {};
}

}  // namespace

base::Result<Zone> read_zone(const std::string& path,
                             const std::optional<dns::Name>& origin,
                             const ReadZoneFile& read) {
  return Reader(origin, read).run(path, origin);
}

}  // namespace publish
