#include "tests/support/map_source.h"

#include <algorithm>
#include <array>
#include <asio/redirect_error.hpp>
#include <sstream>
#include <stdexcept>

#include "tests/support/packet.h"

namespace support {
namespace {

using resolver::number16;
using resolver::Packet;
using resolver::RawAnswer;
using resolver::Type;
using resolver::wire_name;

using Words = std::vector<std::string>;

constexpr unsigned kRrsig = 46;
constexpr std::uint32_t kTtl = 300;
constexpr std::uint32_t kSince = 1'700'000'000, kUntil = 2'000'000'000;

Words words_of(std::string_view line) {
  std::istringstream in{std::string(line)};
  Words out;
  for (std::string word; in >> std::ws && !in.eof();) {
    if (in.peek() == '"') {
      in.get();
      std::getline(in, word, '"');
    } else {
      in >> word;
    }
    out.push_back(word);
  }
  return out;
}

std::string number32(std::uint32_t value) {
  return number16(value >> 16U) + number16(value & 0xFFFFU);
}

std::string bare(std::string text) {
  if (text.ends_with('.')) text.pop_back();
  return base::lower(text);
}

unsigned number(const Words& words, std::size_t at) {
  return static_cast<unsigned>(std::stoul(words.at(at)));
}

char octet(const Words& words, std::size_t at) {
  return static_cast<char>(number(words, at));
}

/// `ABCD`, or `AB*32`: 32 octets 0xAB.
std::string octets_of(const std::string& word) {
  const std::size_t star = word.find('*');
  std::string out;
  for (std::size_t i = 0; i + 1 < std::min(star, word.size()); i += 2) {
    out += static_cast<char>(std::stoul(word.substr(i, 2), nullptr, 16));
  }
  if (star == std::string::npos) return out;
  std::string many;
  for (auto left = std::stoul(word.substr(star + 1)); left > 0; --left) many += out;
  return many;
}

std::string address_octets(const std::string& word) {
  const auto address = net::parse_address(word);
  if (!address) throw std::invalid_argument("no address: " + word);
  return std::string(base::as_text(address->bytes()));
}

std::string text_octets(const Words& words) {
  std::string out;
  for (const std::string& word : words) {
    for (std::size_t at = 0; at == 0 || at < word.size(); at += 255) {
      const std::string part = word.substr(at, 255);
      out += static_cast<char>(part.size()) + part;
    }
  }
  return out;
}

/// RDATA as its words say.
std::string rdata_of(const std::string& type, const Words& words) {
  if (type == "A" || type == "AAAA") return address_octets(words.at(0));
  if (type == "CNAME" || type == "DNAME" || type == "NS" || type == "PTR") {
    return wire_name(bare(words.at(0)));
  }
  if (type == "MX") return number16(number(words, 0)) + wire_name(bare(words.at(1)));
  if (type == "SRV") {
    return number16(number(words, 0)) + number16(number(words, 1)) +
           number16(number(words, 2)) + wire_name(bare(words.at(3)));
  }
  if (type == "TXT") return text_octets(words);
  if (type == "TLSA") {
    std::string out{octet(words, 0), octet(words, 1), octet(words, 2)};
    return out + octets_of(words.at(3));
  }
  if (type == "DNSKEY") {  // flags, algorithm, octets of the key
    return number16(number(words, 0)) + '\3' + octet(words, 1) +
           std::string(number(words, 2), 'k');
  }
  if (type == "DS") {  // tag, algorithm, type of digest
    return number16(number(words, 0)) + octet(words, 1) + octet(words, 2) + "digest";
  }
  if (type == "NSEC3PARAM") {  // iterations, octets of salt
    return std::string("\1\0", 2) + number16(number(words, 0)) + octet(words, 1) +
           std::string(number(words, 1), 's');
  }
  throw std::invalid_argument("no type of record: " + type);
}

Type type_of(const std::string& word) {
  constexpr std::array kTypes = {Type::a,         Type::ns, Type::cname, Type::dname,
                                 Type::ptr,       Type::mx, Type::txt,   Type::aaaa,
                                 Type::srv,       Type::ds, Type::tlsa,  Type::dnskey,
                                 Type::nsec3param};
  const auto* at = std::ranges::find(
      kTypes, word, [](Type type) { return std::string(resolver::to_text(type)); });
  if (at == kTypes.end()) throw std::invalid_argument("no type of record: " + word);
  return *at;
}

/// What a word in place of a record, or behind one, may be; nothing for others.
std::optional<dns::Security> state_of(const std::string& word) {
  for (const auto state : {dns::Security::bogus, dns::Security::indeterminate,
                           dns::Security::insecure, dns::Security::secure}) {
    if (word == dns::to_text(state)) return state;
  }
  return std::nullopt;
}

bool is_failure(const std::string& word) {
  constexpr std::array<std::string_view, 6> kWords = {"servfail", "refused", "timeout",
                                                      "nxdomain", "nodata",  "malformed"};
  return std::ranges::find(kWords, word) != kWords.end();
}

/// The value of `key=value`; nothing for another word.
std::optional<std::string> value_of(const std::string& word, std::string_view key) {
  if (!word.starts_with(std::string(key) + "=")) return std::nullopt;
  return word.substr(key.size() + 1);
}

bool is_below(const std::string& name, const std::string& zone) {
  return zone.empty() || name == zone || name.ends_with("." + zone);
}

}  // namespace

struct MapSource::Rrset {
  std::vector<std::string> records;  ///< RDATA
  std::optional<dns::Security> state;
  std::uint32_t ttl = kTtl;
  std::optional<std::uint32_t> until;
  std::optional<std::string> signer;
  std::optional<int> rcode;
  std::string failure;  ///< the word in place of records
  bool fresh = false;   ///< made by the text that is being read

  /// Takes a word that is none of a record's; whether it did.
  bool take(const std::string& word) {
    if (const auto found = state_of(word)) {
      state = found;
    } else if (is_failure(word)) {
      failure = word;
    } else if (const auto seconds = value_of(word, "ttl")) {
      ttl = static_cast<std::uint32_t>(std::stoul(*seconds));
    } else if (const auto moment = value_of(word, "until")) {
      until = static_cast<std::uint32_t>(std::stoul(*moment));
    } else if (const auto zone = value_of(word, "signer")) {
      signer = bare(*zone);
    } else if (const auto code = value_of(word, "rcode")) {
      rcode = std::stoi(*code);
    } else {
      return false;
    }
    return true;
  }
};

struct MapSource::Zone {
  dns::Security state = dns::Security::secure;
  bool is_signed = false;
};

struct MapSource::Held {
  explicit Held(const io::Loop::executor_type& executor) : timer(executor) {
    timer.expires_at(asio::steady_timer::time_point::max());
  }
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>,
                             io::Loop::executor_type>
      timer;
};

MapSource::MapSource(std::string_view lines) { add(lines); }

MapSource::~MapSource() = default;

void MapSource::add(std::string_view lines) {
  for (auto& [key, rrset] : rrsets_) rrset.fresh = false;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    add_line(line);
  }
}

void MapSource::add_line(std::string_view line) {
  Words words = words_of(line);
  if (words.empty() || words[0].starts_with('#')) return;
  if (words.size() < 2) throw std::invalid_argument(std::string(line));
  if (words[0] == "zone") {
    Zone& zone = zones_[bare(words[1])];
    for (std::size_t i = 2; i < words.size(); ++i) {
      const auto state = state_of(words[i]);
      if (!state && words[i] != "signed") throw std::invalid_argument(std::string(line));
      if (state) zone.state = *state;
      zone.is_signed = zone.is_signed || words[i] == "signed";
    }
    return;
  }
  const std::string type = words[1];
  const std::string plain = type.ends_with('?') ? type.substr(0, type.size() - 1) : type;
  if (plain != "*") (void)type_of(plain);
  Rrset& rrset = rrsets_[{bare(words[0]), type}];
  if (!rrset.fresh) rrset = Rrset();
  rrset.fresh = true;
  Words rdata;
  for (std::size_t i = 2; i < words.size(); ++i) {
    if (!rrset.take(words[i])) rdata.push_back(words[i]);
  }
  if (rdata.empty()) return;
  auto record = rdata_of(plain, rdata);
  // An RRset has no record twice (RFC 2181 5).
  if (std::ranges::find(rrset.records, record) != rrset.records.end()) return;
  rrset.records.push_back(std::move(record));
}

const MapSource::Rrset* MapSource::find(const std::string& name,
                                        const std::string& type) const {
  for (const std::string& word : {type, std::string("*")}) {
    const auto at = rrsets_.find({name, word});
    if (at != rrsets_.end()) return &at->second;
  }
  return nullptr;
}

bool MapSource::has_name(const std::string& name) const {
  return std::ranges::any_of(
      rrsets_, [&](const auto& entry) { return is_below(entry.first.first, name); });
}

const MapSource::Zone* MapSource::zone_of(const std::string& name) const {
  const Zone* out = nullptr;
  std::size_t longest = 0;
  for (const auto& [apex, zone] : zones_) {
    if (!is_below(name, apex) || (out != nullptr && apex.size() < longest)) continue;
    out = &zone;
    longest = apex.size();
  }
  return out;
}

/// Writes the answer to one question, hop by hop.
class MapSource::Writer {
 public:
  Writer(const MapSource& map, const std::string& question, Type type)
      : map_(map), type_(type), packet_(question, type) {}

  /// Adds what is at one name of the chain; the next name, if there is one.
  std::optional<std::string> add(const std::string& name) {
    const std::string word(resolver::to_text(type_));
    const auto alone = map_.rrsets_.find({name, word + "?"});
    const Rrset* rrset =
        is_first_ && alone != map_.rrsets_.end() ? &alone->second : map_.find(name, word);
    is_first_ = false;
    if (rrset != nullptr) {
      write(name, type_, *rrset);
      return std::nullopt;
    }
    const Rrset* alias = map_.find(name, "CNAME");
    if (alias == nullptr || alias->records.empty()) {
      deny(name);
      return std::nullopt;
    }
    for (const auto& [key, dname] : map_.rrsets_) {
      const bool makes_it = key.second == "DNAME" && name.ends_with("." + key.first);
      if (makes_it) write(key.first, Type::dname, dname);
    }
    write(name, Type::cname, *alias);
    return failure_.empty() ? std::optional(target_) : std::nullopt;
  }

  [[nodiscard]] base::Result<RawAnswer> done() const {
    if (failure_ == "timeout") {
      return base::fail(base::ErrorKind::temporary, base::Code::timeout,
                        "no answer in time");
    }
    RawAnswer out;
    out.rcode = rcode_;
    out.security = state_;
    if (state_ == dns::Security::bogus) out.why_bogus = "a signature has expired";
    std::string octets = packet_.octets(static_cast<unsigned>(rcode_));
    if (failure_ == "malformed") octets.resize(11);
    const base::ByteView view = base::as_bytes(octets);
    out.packet.assign(view.begin(), view.end());
    return out;
  }

 private:
  void worsen(std::optional<dns::Security> state, const std::string& name) {
    const Zone* zone = map_.zone_of(name);
    const auto usual = zone == nullptr ? dns::Security::secure : zone->state;
    state_ = std::min(state_, state.value_or(usual));
  }

  void write(const std::string& name, Type type, const Rrset& rrset) {
    worsen(rrset.state, name);
    failure_ = rrset.failure;
    if (rrset.rcode) rcode_ = *rrset.rcode;
    if (failure_ == "servfail") rcode_ = resolver::kServfail;
    if (failure_ == "refused") rcode_ = resolver::kRefused;
    if (failure_ == "nxdomain") rcode_ = resolver::kNxdomain;
    for (const std::string& rdata : rrset.records) {
      packet_.add(name, type, rdata, rrset.ttl);
    }
    if (type == Type::cname && !rrset.records.empty()) target_ = unwire(rrset.records[0]);
    if (!rrset.records.empty()) sign(name, type, rrset);
  }

  void sign(const std::string& name, Type type, const Rrset& rrset) {
    std::optional<std::string> signer = rrset.signer;
    if (rrset.until && !signer) signer = name;
    for (const auto& [apex, zone] : map_.zones_) {
      if (!signer && zone.is_signed && is_below(name, apex)) signer = apex;
    }
    if (!signer) return;
    const std::string rdata = number16(static_cast<unsigned>(type)) + "\x0d\x03" +
                              number32(rrset.ttl) +
                              number32(rrset.until.value_or(kUntil)) + number32(kSince) +
                              number16(1) + wire_name(*signer) + "s";
    packet_.raw(wire_name(name), kRrsig, rdata, rrset.ttl);
  }

  void deny(const std::string& name) {
    worsen(std::nullopt, name);
    if (!map_.has_name(name)) rcode_ = resolver::kNxdomain;
  }

  static std::string unwire(const std::string& wire) {
    std::string out;
    for (std::size_t at = 0; wire.at(at) != 0;) {
      const auto size = static_cast<unsigned char>(wire[at]);
      out += (out.empty() ? "" : ".") + wire.substr(at + 1, size);
      at += size + 1U;
    }
    return out;
  }

  const MapSource& map_;
  Type type_;
  Packet packet_;
  dns::Security state_ = dns::Security::secure;
  int rcode_ = resolver::kNoError;
  std::string failure_;
  std::string target_;
  bool is_first_ = true;
};

base::Result<RawAnswer> MapSource::answer(const std::string& question, Type type) const {
  Writer writer(*this, question, type);
  std::set<std::string> seen;
  for (std::optional<std::string> next = question; next && seen.insert(*next).second;) {
    next = writer.add(*next);
  }
  return writer.done();
}

io::Task<base::Result<RawAnswer>> MapSource::ask(dns::Name question, Type type) {
  const std::string word = std::string(resolver::to_text(type)) + " " + question.text();
  asked_.push_back(word);
  if (held_.contains(word)) {
    const auto held = std::make_shared<Held>(co_await asio::this_coro::executor);
    waiting_[word].push_back(held);
    asio::error_code ignored;
    co_await held->timer.async_wait(asio::redirect_error(io::kResume, ignored));
  }
  co_return answer(question.text(), type);
}

io::Task<base::Result<void>> MapSource::check() {
  ++checks_;
  co_return check_;
}

std::size_t MapSource::times_asked(std::string_view question) const {
  return static_cast<std::size_t>(std::ranges::count(asked_, question));
}

void MapSource::hold(std::string_view question) { held_.emplace(question); }

void MapSource::release(std::string_view question) {
  held_.erase(std::string(question));
  const auto at = waiting_.find(std::string(question));
  if (at == waiting_.end()) return;
  for (const auto& held : at->second) held->timer.cancel();
  waiting_.erase(at);
}

std::vector<std::string> MapSource::waiting() const {
  std::vector<std::string> out;
  for (const auto& [question, held] : waiting_) out.push_back(question);
  return out;
}

}  // namespace support
