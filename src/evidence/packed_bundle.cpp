// Which parts of a bundle are kept once.
//
// Of the answers that a domain's verdict stands on most belong to others: the root, its
// top-level domain, the zone of whoever runs its mail. They are numbers of rows here, one
// octet each where they were put one after the other. What is a domain's own would pay
// for a row and its place in an index and be found by nobody: an answer with a set that
// was never seen before stands in the bundle itself. Should it come again, in the next
// run, then its sets are known and it gets a row.
//
// The numbers stand behind the texts, so that a domain's name is compressed in both.
//
// Certificates come again with each handshake, other messages never do.
#include "src/evidence/packed_bundle.h"

#include <algorithm>
#include <map>
#include <set>

#include "src/evidence/canonical_json.h"
#include "src/evidence/json_parts.h"
#include "src/evidence/packing.h"

namespace evidence {
namespace {

// The first octet of a handshake message (RFC 8446 4, RFC 6066 8).
constexpr std::byte kCertificate{11}, kCertificateStatus{22};
constexpr std::uint64_t kIsAnswer = 0, kIsError = 1;
constexpr char kBetween = '\x03';  // of two texts
constexpr std::size_t kTexts = 4;

tl::unexpected<base::Error> broken() {
  return base::fail(base::ErrorKind::permanent, base::Code::bad_evidence,
                    "a bundle is broken");
}

tl::unexpected<base::Error> against_the_rules(std::string_view why) {
  return base::fail(base::ErrorKind::internal, base::Code::local,
                    "a bundle to be stored " + std::string(why));
}

std::uint64_t seconds_in(std::chrono::sys_seconds moment) {
  return static_cast<std::uint64_t>(moment.time_since_epoch().count());
}

std::chrono::sys_seconds moment_in(std::uint64_t seconds) {
  return std::chrono::sys_seconds(
      std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

bool is_shared(const base::Bytes& message) {
  return !message.empty() &&
         (message.front() == kCertificate || message.front() == kCertificateStatus);
}

/// The name that a set begins with, in wire form; empty if there is none.
base::ByteView owner_in(base::ByteView set) {
  constexpr std::size_t kMostLabel = 63;
  std::size_t at = 0;
  while (at < set.size() && set[at] != std::byte{0}) {
    const auto length = std::to_integer<std::size_t>(set[at]);
    if (length > kMostLabel) return {};
    at += 1 + length;
  }
  return at < set.size() ? set.first(at + 1) : base::ByteView();
}

/// A set with the name of its owner once: each record has it, and so have signatures, as
/// the signer's. That is a fifth of the octets.
base::Bytes pack_set(base::ByteView set) {
  Packer out;
  const base::ByteView owner = owner_in(set);
  out.octets(owner);
  while (!owner.empty()) {
    const auto found = std::search(set.begin(), set.end(), owner.begin(), owner.end());
    if (found == set.end()) break;
    const auto before = static_cast<std::size_t>(found - set.begin());
    out.octets(set.first(before));
    set = set.subspan(before + owner.size());
  }
  out.octets(set);
  return out.packed();
}

/// The set that was packed; nothing if there was none, or it is longer than `most`.
std::optional<base::Bytes> unpack_set(base::ByteView packed, std::size_t most) {
  Unpacker in(packed);
  const base::ByteView owner = in.octets();
  base::Bytes out;
  for (bool is_first = true; is_first || !in.whole(); is_first = false) {
    if (!is_first) out.insert(out.end(), owner.begin(), owner.end());
    const base::ByteView part = in.octets();
    out.insert(out.end(), part.begin(), part.end());
    if (in.failed() || out.size() > most) return std::nullopt;
  }
  return out;
}

// ------------------------------------------------------------------------ writing

class BundlePacker {
 public:
  BundlePacker(const Bundle& bundle, Shelf& shelf) : bundle_(bundle), shelf_(shelf) {}

  base::Result<std::string> run() {
    if (auto good = check_sets(); !good) return tl::unexpected(good.error());
    if (auto good = put_sets(); !good) return tl::unexpected(good.error());
    Packer out;
    out.number(static_cast<std::uint64_t>(bundle_.rules))
        .number(seconds_in(bundle_.moment))
        .number(static_cast<std::uint64_t>(bundle_.dns.skew.least.count()))
        .number(static_cast<std::uint64_t>(bundle_.dns.skew.most.count()));
    auto answers = add_answers(out, bundle_.dns.answers);
    if (!answers) return tl::unexpected(answers.error());
    out.number(bundle_.dns.again.size());
    for (const AskedAgain& again : bundle_.dns.again) {
      out.number(seconds_in(again.moment));
      const auto added = add_answers(out, again.answers);
      if (!added) return tl::unexpected(added.error());
    }
    if (auto good = add_peers(out); !good) return tl::unexpected(good.error());
    auto texts = join_texts();
    if (!texts) return tl::unexpected(texts.error());
    return *texts + std::string(base::as_text(out.packed()));
  }

 private:
  base::Result<void> check_sets() {
    const auto& sets = bundle_.dns.sets;
    const auto not_before = [](const base::Bytes& a, const base::Bytes& b) {
      return !(a < b);
    };
    if (std::adjacent_find(sets.begin(), sets.end(), not_before) != sets.end()) {
      return against_the_rules("has sets out of order");
    }
    std::vector<bool> used(sets.size());
    const auto use = [&](const std::vector<Answer>& answers) {
      for (const Answer& answer : answers) {
        for (const auto* section : {&answer.answer, &answer.authority}) {
          if (!std::is_sorted(section->begin(), section->end())) return false;
          for (const std::size_t set : *section) {
            if (set >= used.size()) return false;
            used[set] = true;
          }
        }
      }
      return true;
    };
    bool good = use(bundle_.dns.answers);
    for (const AskedAgain& again : bundle_.dns.again) good = good && use(again.answers);
    if (!good) return against_the_rules("has an answer with sets that are not there");
    if (std::find(used.begin(), used.end(), false) != used.end()) {
      return against_the_rules("has a set that no answer uses");
    }
    return {};
  }

  base::Result<void> put_sets() {
    for (const base::Bytes& set : bundle_.dns.sets) {
      const auto place = shelf_.put(Content::sets, pack_set(set));
      if (!place) return tl::unexpected(place.error());
      sets_.push_back(*place);
    }
    return {};
  }

  /// The numbers of sets, whether one of them was new.
  std::vector<std::int64_t> numbers_of(const std::vector<std::size_t>& section,
                                       bool& is_new) const {
    std::vector<std::int64_t> out;
    for (const std::size_t set : section) {
      out.push_back(sets_[set].number);
      is_new = is_new || sets_[set].is_new;
    }
    // What is on the shelf must not depend on the bundle that it came with.
    std::sort(out.begin(), out.end());
    return out;
  }

  base::Bytes packed_answer(const Answer& answer, bool& is_new) const {
    Packer out;
    out.text(answer.name.text()).number(answer.type);
    if (answer.error) {
      out.number(kIsError)
          .number(static_cast<std::uint64_t>(answer.error->kind))
          .text(base::to_text(answer.error->code))
          .text(answer.error->detail);
      return out.packed();
    }
    out.number(kIsAnswer)
        .number(static_cast<std::uint64_t>(answer.rcode))
        .number(static_cast<std::uint64_t>(answer.security))
        .text(answer.why_bogus)
        .number(answer.octets)
        .numbers(numbers_of(answer.answer, is_new))
        .numbers(numbers_of(answer.authority, is_new));
    return out.packed();
  }

  /// Adds the answers; zero stands for one that is written out behind the numbers.
  base::Result<void> add_answers(Packer& out, const std::vector<Answer>& answers) {
    std::vector<std::int64_t> numbers;
    Packer own;
    for (const Answer& answer : answers) {
      bool is_new = false;
      const base::Bytes packed = packed_answer(answer, is_new);
      if (is_new) {
        numbers.push_back(0);
        own.octets(packed);
        continue;
      }
      const auto place = shelf_.put(Content::answers, packed);
      if (!place) return tl::unexpected(place.error());
      numbers.push_back(place->number);
    }
    // Differences are small between rows; a zero among them would make two large ones.
    std::vector<std::int64_t> rows;
    Packer marks;
    for (const std::int64_t number : numbers) {
      if (number != 0) rows.push_back(number);
    }
    std::uint64_t run = 0;  // how many of one kind stand in a row, rows first
    bool of_rows = true;
    for (const std::int64_t number : numbers) {
      if ((number != 0) == of_rows) {
        ++run;
        continue;
      }
      marks.number(run);
      of_rows = !of_rows;
      run = 1;
    }
    marks.number(run);
    out.octets(marks.packed()).numbers(rows).raw(own.packed());
    return {};
  }

  base::Result<void> add_messages(Packer& out, const std::vector<base::Bytes>& messages) {
    out.number(messages.size());
    for (const base::Bytes& message : messages) {
      if (!is_shared(message)) {
        out.number(0).octets(message);
        continue;
      }
      const auto place = shelf_.put(Content::messages, message);
      if (!place) return tl::unexpected(place.error());
      out.number(static_cast<std::uint64_t>(place->number));
    }
    return {};
  }

  /// A handshake says by name and type which answers it knew, so that it is the same in
  /// the bundles of all domains that stand on it.
  base::Result<base::Bytes> packed_peer(const Handshake& peer) {
    Packer out;
    out.text(peer.address).number(peer.port).text(peer.host).text(peer.how);
    out.text(peer.server_name).number(seconds_in(peer.moment));
    out.raw(peer.blind).raw(peer.previous).number(peer.answers.size());
    for (const std::size_t index : peer.answers) {
      if (index >= bundle_.dns.answers.size()) {
        return against_the_rules("has a handshake with an answer that is not there");
      }
      const Answer& answer = bundle_.dns.answers[index];
      out.text(answer.name.text()).number(answer.type);
    }
    if (auto added = add_messages(out, peer.messages); !added) {
      return tl::unexpected(added.error());
    }
    return out.packed();
  }

  base::Result<void> add_peers(Packer& out) {
    std::vector<std::int64_t> numbers;
    for (const Handshake& peer : bundle_.peers) {
      const auto packed = packed_peer(peer);
      if (!packed) return tl::unexpected(packed.error());
      const auto place = shelf_.put(Content::peers, *packed);
      if (!place) return tl::unexpected(place.error());
      numbers.push_back(place->number);
    }
    out.numbers(numbers);
    return {};
  }

  base::Result<std::string> join_texts() {
    for (const std::string* text : {&bundle_.about, &bundle_.facts, &bundle_.verdict}) {
      if (!read_canonical(*text)) return against_the_rules("has a text that is no JSON");
    }
    std::string out;
    for (const std::string* text :
         {&bundle_.maker, &bundle_.about, &bundle_.facts, &bundle_.verdict}) {
      auto parts = take_json_apart(*text, shelf_);
      if (!parts) return parts;
      out += *parts;
      out += kBetween;
    }
    return out;
  }

  const Bundle& bundle_;
  Shelf& shelf_;
  std::vector<Shelf::Place> sets_;
};

// ------------------------------------------------------------------------ reading

/// An answer whose sets are still numbers of the shelf.
struct NumberedAnswer {
  Answer answer;
  std::vector<std::int64_t> sets, authority_sets;
};

class BundleUnpacker {
 public:
  BundleUnpacker(std::string_view packed, Shelf& shelf)
      : packed_(packed), shelf_(shelf) {}

  base::Result<Bundle> run() {
    Bundle out;
    if (auto good = take_texts(out); !good) return tl::unexpected(good.error());
    Unpacker in(base::as_bytes(packed_));
    out.rules = static_cast<int>(std::min<std::uint64_t>(in.number(), kMostRules));
    out.moment = moment_in(in.number());
    out.dns.skew.least = std::chrono::seconds(in.number());
    out.dns.skew.most = std::chrono::seconds(in.number());
    std::vector<std::vector<NumberedAnswer>> all;
    auto answers = answers_in(in);
    if (!answers) return tl::unexpected(answers.error());
    all.push_back(std::move(*answers));
    for (std::size_t left = in.count(); left > 0; --left) {
      out.dns.again.push_back({moment_in(in.number()), {}});
      auto again = answers_in(in);
      if (!again) return tl::unexpected(again.error());
      all.push_back(std::move(*again));
    }
    const std::vector<std::int64_t> peers = in.numbers();
    if (!in.whole()) return broken();
    if (auto good = take_sets(all, out.dns.sets); !good) {
      return tl::unexpected(good.error());
    }
    out.dns.answers = with_indices(all[0]);
    for (std::size_t i = 0; i < out.dns.again.size(); ++i) {
      out.dns.again[i].answers = with_indices(all[i + 1]);
    }
    for (const std::int64_t number : peers) {
      auto peer = peer_at(number, out.dns.answers);
      if (!peer) return tl::unexpected(peer.error());
      out.peers.push_back(std::move(*peer));
    }
    return out;
  }

 private:
  static constexpr std::uint64_t kMostRules = 1'000'000;

  /// Counts what was taken off the shelf; a stranger's numbers may all be the same.
  bool may_keep(std::size_t octets) {
    kept_ += octets;
    return kept_ <= kMostOfABundle;
  }

  base::Result<base::Bytes> take(Content kind, std::int64_t number) {
    auto out = shelf_.take(kind, number);
    if (out && !may_keep(out->size())) return broken();
    return out;
  }

  static base::Result<NumberedAnswer> answer_in(base::ByteView packed) {
    Unpacker in(packed);
    NumberedAnswer out;
    const auto name = dns::Name::from_dns(std::string(in.text()) + ".");
    if (!name) return broken();
    out.answer.name = *name;
    const std::uint64_t type = in.number();
    out.answer.type = static_cast<std::uint16_t>(type);
    const std::uint64_t form = in.number();
    if (type != out.answer.type || form > kIsError) return broken();
    if (form == kIsError) {
      const std::uint64_t kind = in.number();
      const auto code = base::code_from_text(in.text());
      if (kind > static_cast<std::uint64_t>(base::ErrorKind::internal) || !code) {
        return broken();
      }
      out.answer.error =
          base::Error{static_cast<base::ErrorKind>(kind), *code, std::string(in.text())};
    } else {
      const std::uint64_t rcode = in.number(), security = in.number();
      constexpr std::uint64_t kMostRcode = 4095;
      if (rcode > kMostRcode ||
          security > static_cast<std::uint64_t>(dns::Security::secure)) {
        return broken();
      }
      out.answer.rcode = static_cast<int>(rcode);
      out.answer.security = static_cast<dns::Security>(security);
      out.answer.why_bogus = in.text();
      out.answer.octets = in.number();
      out.sets = in.numbers();
      out.authority_sets = in.numbers();
    }
    if (!in.whole()) return broken();
    return out;
  }

  base::Result<std::vector<NumberedAnswer>> answers_in(Unpacker& in) {
    Unpacker marks(in.octets());
    const std::vector<std::int64_t> rows = in.numbers();
    std::vector<NumberedAnswer> out;
    std::size_t row = 0;
    for (bool of_rows = true; !marks.whole(); of_rows = !of_rows) {
      std::uint64_t run = marks.number();
      if (marks.failed()) return broken();
      for (; run > 0; --run) {
        base::Bytes stored;
        base::ByteView packed;
        if (of_rows) {
          if (row == rows.size()) return broken();
          auto taken = take(Content::answers, rows[row++]);
          if (!taken) return tl::unexpected(taken.error());
          stored = std::move(*taken);
          packed = stored;
        } else {
          packed = in.octets();
          if (in.failed()) return broken();
        }
        auto answer = answer_in(packed);
        if (!answer) return tl::unexpected(answer.error());
        out.push_back(std::move(*answer));
      }
    }
    if (row != rows.size()) return broken();
    return out;
  }

  base::Result<void> take_sets(const std::vector<std::vector<NumberedAnswer>>& all,
                               std::vector<base::Bytes>& sets) {
    std::map<base::Bytes, std::int64_t> sorted;
    std::set<std::int64_t> taken;
    for (const auto& answers : all) {
      for (const NumberedAnswer& one : answers) {
        for (const auto* section : {&one.sets, &one.authority_sets}) {
          for (const std::int64_t number : *section) {
            if (!taken.insert(number).second) continue;
            const auto packed = take(Content::sets, number);
            if (!packed) return tl::unexpected(packed.error());
            auto set =
                unpack_set(*packed, kMostOfABundle - std::min(kept_, kMostOfABundle));
            if (!set || !may_keep(set->size())) return broken();
            if (!sorted.emplace(std::move(*set), number).second) return broken();
          }
        }
      }
    }
    for (const auto& [set, number] : sorted) {
      index_[number] = sets.size();
      sets.push_back(set);
    }
    return {};
  }

  std::vector<std::size_t> indices_of(const std::vector<std::int64_t>& numbers) const {
    std::vector<std::size_t> out;
    out.reserve(numbers.size());
    for (const std::int64_t number : numbers) out.push_back(index_.at(number));
    std::sort(out.begin(), out.end());
    return out;
  }

  std::vector<Answer> with_indices(std::vector<NumberedAnswer>& numbered) const {
    std::vector<Answer> out;
    for (NumberedAnswer& one : numbered) {
      one.answer.answer = indices_of(one.sets);
      one.answer.authority = indices_of(one.authority_sets);
      out.push_back(std::move(one.answer));
    }
    return out;
  }

  base::Result<Handshake> peer_at(std::int64_t number,
                                  const std::vector<Answer>& answers) {
    const auto packed = take(Content::peers, number);
    if (!packed) return tl::unexpected(packed.error());
    Unpacker in(*packed);
    Handshake out;
    out.address = in.text();
    const std::uint64_t port = in.number();
    out.port = static_cast<std::uint16_t>(port);
    if (port != out.port) return broken();
    out.host = in.text();
    out.how = in.text();
    out.server_name = in.text();
    out.moment = moment_in(in.number());
    for (Octets32* octets : {&out.blind, &out.previous}) {
      const base::ByteView raw = in.raw(octets->size());
      std::copy(raw.begin(), raw.end(), octets->begin());
    }
    for (std::size_t left = in.count(); left > 0; --left) {
      const std::string_view name = in.text();
      const std::uint64_t type = in.number();
      const auto found =
          std::find_if(answers.begin(), answers.end(), [&](const Answer& answer) {
            return answer.type == type && answer.name.text() == name;
          });
      if (found == answers.end()) return broken();
      out.answers.push_back(static_cast<std::size_t>(found - answers.begin()));
    }
    for (std::size_t left = in.count(); left > 0; --left) {
      const std::uint64_t shared = in.number();
      if (shared == 0) {
        const base::ByteView message = in.octets();
        out.messages.emplace_back(message.begin(), message.end());
        continue;
      }
      auto message = take(Content::messages, static_cast<std::int64_t>(shared));
      if (!message) return tl::unexpected(message.error());
      out.messages.push_back(std::move(*message));
    }
    if (!in.whole()) return broken();
    return out;
  }

  base::Result<void> take_texts(Bundle& out) {
    for (std::string* text : {&out.maker, &out.about, &out.facts, &out.verdict}) {
      const std::size_t end = packed_.find(kBetween);
      if (end == std::string_view::npos) return broken();
      auto joined = join_json(packed_.substr(0, end), shelf_, kMostOfABundle / kTexts);
      if (!joined) return tl::unexpected(joined.error());
      *text = std::move(*joined);
      packed_.remove_prefix(end + 1);
    }
    // A stranger's JSON is not written out before it is known to be no deep nest.
    for (const std::string* text : {&out.about, &out.facts, &out.verdict}) {
      if (auto good = read_canonical(*text); !good) return tl::unexpected(good.error());
    }
    return {};
  }

  std::string_view packed_;  // what is left
  Shelf& shelf_;
  std::map<std::int64_t, std::size_t> index_;  // of a set's number
  std::size_t kept_ = 0;
};

}  // namespace

base::Result<std::string> pack(const Bundle& bundle, Shelf& shelf) {
  return BundlePacker(bundle, shelf).run();
}

base::Result<Bundle> unpack(std::string_view packed, Shelf& shelf) {
  return BundleUnpacker(packed, shelf).run();
}

}  // namespace evidence
