#include "src/evidence/bundle_json.h"

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <set>

#include "src/base/pem.h"
#include "src/evidence/bundle_bounds.h"
#include "src/evidence/set_references.h"
#include "src/evidence/told.h"

namespace evidence {
namespace {

constexpr std::uint64_t kLargest = (std::uint64_t{1} << 53U) - 1;

/// Reads the members of an object, each once and all of them. The first thing that is
/// wrong stays; what is read afterwards has the value that it began with.
class Members {
 public:
  Members(const Json& value, std::string where)
      : value_(value), where_(std::move(where)) {
    if (!value_.is_object()) fail("is no object");
  }

  /// The member, or null.
  const Json& member(const char* name) {
    static const Json kNull;
    ++read_;
    if (!error_ && !value_.contains(name)) fail(std::string("has no member ") + name);
    return error_ ? kNull : value_.at(name);
  }
  [[nodiscard]] bool has(const char* name) const {
    return value_.is_object() && value_.contains(name);
  }
  std::string text(const char* name) {
    const Json& value = member(name);
    if (value.is_string()) return value.get<std::string>();
    fail(std::string(name) + " is no text");
    return {};
  }
  std::uint64_t number(const char* name, std::uint64_t most = kLargest) {
    return number_of(member(name), name, most);
  }
  std::chrono::sys_seconds moment(const char* name) {
    return std::chrono::sys_seconds(std::chrono::seconds(number(name)));
  }
  base::Bytes octets(const char* name) { return octets_of(member(name), name); }
  Octets32 octets32(const char* name) { return octets32_of(member(name), name); }
  std::vector<base::Bytes> octets_list(const char* name, std::size_t most) {
    std::vector<base::Bytes> out;
    for (const Json& one : list(name, most)) out.push_back(octets_of(one, name));
    return out;
  }
  std::vector<Octets32> octets32_list(const char* name, std::size_t most) {
    std::vector<Octets32> out;
    for (const Json& one : list(name, most)) out.push_back(octets32_of(one, name));
    return out;
  }
  /// Ascending indices into a list with `count` members.
  std::vector<std::size_t> indices(const char* name, std::size_t count) {
    std::vector<std::size_t> out;
    for (const Json& one : list(name, count)) {
      const auto index = number_of(one, name, count == 0 ? 0 : count - 1);
      if (count == 0 || (!out.empty() && index <= out.back())) {
        fail(std::string(name) + " has indices that do not ascend");
      }
      out.push_back(index);
    }
    return out;
  }
  const Json& list(const char* name, std::size_t most) {
    static const Json kEmpty = Json::array();
    const Json& value = member(name);
    if (!error_ && !value.is_array()) fail(std::string(name) + " is no array");
    if (!error_ && value.size() > most) fail(std::string(name) + " is too long");
    return error_ ? kEmpty : value;
  }

  void fail(const std::string& why) {
    if (!error_) error_ = does_not_hold(where_ + ": " + why).value();
  }
  /// What is wrong so far, before its consequences are found fault with.
  [[nodiscard]] const std::optional<base::Error>& error() const { return error_; }
  /// What is wrong, if anything is; a member that nobody asked for is.
  base::Result<void> done() {
    if (!error_ && value_.size() != read_) fail("has a member that is not known");
    if (error_) return tl::unexpected(*error_);
    return {};
  }

 private:
  std::uint64_t number_of(const Json& value, const char* name, std::uint64_t most) {
    if (value.is_number_unsigned() && value.get<std::uint64_t>() <= most) {
      return value.get<std::uint64_t>();
    }
    fail(std::string(name) + " is no number that it may be");
    return 0;
  }
  base::Bytes octets_of(const Json& value, const char* name) {
    if (value.is_string()) {
      const auto& text = value.get_ref<const std::string&>();
      auto out = base::from_base64(text);
      if (out && base::to_base64(*out) == text) return std::move(*out);
    }
    fail(std::string(name) + " is no base64 in its one form");
    return {};
  }
  Octets32 octets32_of(const Json& value, const char* name) {
    const base::Bytes octets = octets_of(value, name);
    Octets32 out{};
    if (octets.size() == out.size()) {
      std::ranges::copy(octets, out.begin());
    } else {
      fail(std::string(name) + " has not 32 octets");
    }
    return out;
  }

  const Json& value_;
  std::string where_;
  std::size_t read_ = 0;
  std::optional<base::Error> error_;
};

std::optional<dns::Security> security_of(std::string_view text) {
  for (const auto state :
       {dns::Security::bogus, dns::Security::insecure, dns::Security::secure}) {
    if (dns::to_text(state) == text) return state;
  }
  return std::nullopt;
}

base::Result<base::Error> read_error(const Json& value) {
  Members members(value, "an error");
  base::Error out;
  const auto code = base::code_from_text(members.text("code"));
  if (!code) members.fail("its code is not known");
  out.code = code.value_or(base::Code::local);
  out.detail = members.text("detail");
  out.kind = static_cast<base::ErrorKind>(
      members.number("kind", static_cast<int>(base::ErrorKind::internal)));
  if (auto done = members.done(); !done) return tl::unexpected(done.error());
  return out;
}

base::Result<dns::Name> read_name(const std::string& text) {
  if (!text.ends_with('.')) return does_not_hold("a name without its final dot");
  if (text == ".") return dns::Name();
  auto name = dns::Name::from_dns(std::string_view(text).substr(0, text.size() - 1));
  if (!name || absolute(*name) != text) {
    return does_not_hold("a name that is not in its one form");
  }
  return name;
}

base::Result<Answer> read_answer(const Json& value, std::size_t sets) {
  Members members(value, "an answer");
  Answer out;
  const std::string name = members.text("name");
  out.type = static_cast<std::uint16_t>(members.number("type", 0xFFFF));
  if (members.has("error")) {
    auto error = read_error(members.member("error"));
    if (!error) return tl::unexpected(error.error());
    out.error = std::move(*error);
  } else {
    constexpr std::uint64_t kMostRcode = 4095, kMostMessage = 65'535;
    out.rcode = static_cast<int>(members.number("rcode", kMostRcode));
    const auto security = security_of(members.text("security"));
    if (!security) members.fail("its security is no state");
    out.security = security.value_or(dns::Security::bogus);
    out.why_bogus = members.text("why");
    if (!out.why_bogus.empty() && out.security != dns::Security::bogus) {
      members.fail("it says why it is bogus, and is not");
    }
    out.octets = members.number("octets", kMostMessage);
    out.answer = members.indices("answer", sets);
    out.authority = members.indices("authority", sets);
  }
  if (auto done = members.done(); !done) return tl::unexpected(done.error());
  auto parsed = read_name(name);
  if (!parsed) return tl::unexpected(parsed.error());
  out.name = std::move(*parsed);
  return out;
}

/// Answers in their order, each question once: one that is answered twice could be
/// decided by either.
base::Result<std::vector<Answer>> read_answers(const Json& list, std::size_t sets) {
  std::vector<Answer> out;
  for (const Json& value : list) {
    auto answer = read_answer(value, sets);
    if (!answer) return tl::unexpected(answer.error());
    const auto place = [](const Answer& one) {
      return std::pair(absolute(one.name), one.type);
    };
    if (!out.empty() && place(out.back()) >= place(*answer)) {
      return does_not_hold("answers: a question twice, or out of order");
    }
    out.push_back(std::move(*answer));
  }
  return out;
}

base::Result<DnsEvidence> read_dns(const Json& value) {
  Members members(value, "dns");
  DnsEvidence out;
  const Json& rule = members.member("skew");
  if (members.error()) return tl::unexpected(*members.error());
  Members skew(rule, "skew");
  out.skew.least = std::chrono::seconds(skew.number("least"));
  out.skew.most = std::chrono::seconds(skew.number("most"));
  // Who could choose the rule would choose by how long a signature outlives its date.
  if (out.skew != Skew()) skew.fail("not that of version 1");
  if (auto done = skew.done(); !done) return tl::unexpected(done.error());
  out.sets = members.octets_list("sets", kMostSets);
  auto answers = read_answers(members.list("answers", kMostAnswers), out.sets.size());
  if (!answers) return tl::unexpected(answers.error());
  out.answers = std::move(*answers);
  if (members.has("again")) {
    const Json& all = members.list("again", kMostAgain);
    if (all.empty()) members.fail("again is empty");
    std::size_t together = 0;
    for (const Json& one : all) {
      Members again(one, "again");
      AskedAgain asked;
      asked.moment = again.moment("moment");
      auto told = read_answers(again.list("answers", kMostAnswers), out.sets.size());
      if (!told) return tl::unexpected(told.error());
      asked.answers = std::move(*told);
      if (auto done = again.done(); !done) return tl::unexpected(done.error());
      if (!out.again.empty() && out.again.back().moment > asked.moment) {
        members.fail("again is not in the order of time");
      }
      together += asked.answers.size();
      if (together > kMostAnswersAgain) members.fail("again has too many answers");
      out.again.push_back(std::move(asked));
    }
  }
  if (auto done = members.done(); !done) return tl::unexpected(done.error());
  return out;
}

/// Why the sets are not those of answers, if they are not: each is in its place and in
/// its canonical form, and a section has one of an owner and type at most.
std::optional<std::string> fault_of_sets(const DnsEvidence& dns) {
  if (const auto fault = reference_fault(dns)) {
    return *fault == ReferenceFault::out_of_order
               ? "sets are not in order, or one is twice"
               : "a set that nothing refers to";
  }
  std::vector<std::pair<base::Bytes, std::uint16_t>> keys;
  for (const base::Bytes& set : dns.sets) {
    auto key = set_key(set);
    if (!key) return "a set that is not in canonical form";
    keys.push_back(std::move(*key));
  }
  const auto is_fine = [&](const std::vector<std::size_t>& section) {
    std::set<std::pair<base::Bytes, std::uint16_t>> seen;
    return std::ranges::all_of(
        section, [&](std::size_t i) { return seen.insert(keys[i]).second; });
  };
  const auto all_fine = [&](const std::vector<Answer>& answers) {
    return std::ranges::all_of(answers, [&](const Answer& answer) {
      return is_fine(answer.answer) && is_fine(answer.authority);
    });
  };
  bool fine = all_fine(dns.answers);
  for (const AskedAgain& again : dns.again) fine = fine && all_fine(again.answers);
  if (!fine) return "two sets of one owner and type in a section";
  return std::nullopt;
}

base::Result<Handshake> read_peer(const Json& value, std::size_t answers) {
  Members members(value, "a peer");
  Handshake out;
  out.address = members.text("address");
  out.port = static_cast<std::uint16_t>(members.number("port", 0xFFFF));
  out.host = members.text("host");
  out.how = members.text("how");
  out.server_name = members.text("serverName");
  out.moment = members.moment("moment");
  out.blind = members.octets32("blind");
  out.answers = members.indices("answers", answers);
  out.previous = members.octets32("previous");
  out.messages = members.octets_list("messages", kMostMessages);
  if (auto done = members.done(); !done) return tl::unexpected(done.error());
  return out;
}

base::Result<RunPlace> read_run(const Json& value) {
  Members members(value, "run");
  RunPlace out;
  out.checkpoint = members.text("checkpoint");
  out.index = members.number("index");
  out.path = members.octets32_list("path", kMostPath);
  out.stamps = members.octets_list("stamps", kMostStamps);
  if (auto done = members.done(); !done) return tl::unexpected(done.error());
  return out;
}

}  // namespace

base::Result<Bundle> read_bundle(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  const auto value = read_canonical(text);
  if (!value) return tl::unexpected(value.error());
  Members members(*value, "the bundle");
  if (members.text("mediaType") != kMediaType) {
    return does_not_hold("not evidence of version 1: its mediaType is another one");
  }
  Bundle out;
  out.maker = members.text("maker");
  out.rules = static_cast<int>(members.number("rules", std::numeric_limits<int>::max()));
  out.about = canonical(members.member("about"));
  out.moment = members.moment("moment");
  out.facts = canonical(members.member("facts"));
  out.verdict = canonical(members.member("verdict"));
  const Json& answers = members.member("dns");
  if (members.error()) return tl::unexpected(*members.error());
  auto dns = read_dns(answers);
  if (!dns) return tl::unexpected(dns.error());
  out.dns = std::move(*dns);
  for (const Json& one : members.list("peers", kMostPeers)) {
    auto peer = read_peer(one, out.dns.answers.size());
    if (!peer) return tl::unexpected(peer.error());
    out.peers.push_back(std::move(*peer));
  }
  if (members.has("run")) {
    auto run = read_run(members.member("run"));
    if (!run) return tl::unexpected(run.error());
    out.run = std::move(*run);
  }
  if (auto done = members.done(); !done) return tl::unexpected(done.error());
  if (const auto fault = fault_of_sets(out.dns)) return does_not_hold("dns: " + *fault);
  if (auto why = what_unfolds(out); !why.empty()) return does_not_hold(std::move(why));
  if (out.rules != kRules) return does_not_hold("rules of a version that is not known");
  const auto other = [&](const Handshake& peer) {
    return peer.previous != out.peers.front().previous;
  };
  if (std::ranges::any_of(out.peers, other)) {
    return does_not_hold("peers that signed behind different runs");
  }
  return out;
}

}  // namespace evidence
