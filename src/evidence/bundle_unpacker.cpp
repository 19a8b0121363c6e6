#include <algorithm>
#include <map>
#include <set>

#include "src/evidence/bundle_bounds.h"
#include "src/evidence/canonical_json.h"
#include "src/evidence/json_parts.h"
#include "src/evidence/packed_bundle.h"
#include "src/evidence/packed_set.h"
#include "src/evidence/packing.h"

namespace evidence {
namespace {

using packed_form::kBetween;
using packed_form::kIsError;

tl::unexpected<base::Error> broken() {
  return base::fail(base::ErrorKind::permanent, base::Code::bad_evidence,
                    "a bundle is broken");
}

std::chrono::sys_seconds moment_in(std::uint64_t seconds) {
  return std::chrono::sys_seconds(
      std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

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
    auto answers = answers_in(in, kMostAnswers);
    if (!answers) return tl::unexpected(answers.error());
    all.push_back(std::move(*answers));
    std::size_t left = in.count();
    if (left > kMostAgain) return broken();
    for (std::size_t most = kMostAnswersAgain; left > 0; --left) {
      out.dns.again.push_back({moment_in(in.number()), {}});
      auto again = answers_in(in, most);
      if (!again) return tl::unexpected(again.error());
      most -= again->size();
      all.push_back(std::move(*again));
    }
    const std::vector<std::int64_t> peers = in.numbers(kMostPeers);
    if (!in.whole()) return broken();
    if (auto good = take_sets(all, out.dns.sets); !good) {
      return tl::unexpected(good.error());
    }
    out.dns.answers = with_indices(all[0]);
    for (std::size_t i = 0; i < out.dns.again.size(); ++i) {
      out.dns.again[i].answers = with_indices(all[i + 1]);
    }
    for (std::size_t i = 0; i < out.dns.answers.size(); ++i) {
      const Answer& answer = out.dns.answers[i];
      known_.emplace(std::pair(std::string_view(answer.name.text()), answer.type), i);
    }
    for (const std::int64_t number : peers) {
      auto peer = peer_at(number);
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
    return kept_ <= kMostStored;
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
      out.sets = in.numbers(kMostSets);
      out.authority_sets = in.numbers(kMostSets);
    }
    if (!in.whole()) return broken();
    return out;
  }

  base::Result<std::vector<NumberedAnswer>> answers_in(Unpacker& in, std::size_t most) {
    Unpacker marks(in.octets());
    const std::vector<std::int64_t> rows = in.numbers(most);
    std::vector<NumberedAnswer> out;
    std::size_t row = 0;
    for (bool of_rows = true; !marks.whole(); of_rows = !of_rows) {
      std::uint64_t run = marks.number();
      if (marks.failed() || run > most - out.size()) return broken();
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
            if (taken.size() > kMostSets) return broken();
            const auto packed = shelf_.take(Content::sets, number);
            if (!packed) return tl::unexpected(packed.error());
            auto set = unpack_set(*packed, kMostStored - kept_);
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

  base::Result<Handshake> peer_at(std::int64_t number) {
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
    std::size_t left = in.count();
    if (left > known_.size()) return broken();
    for (; left > 0; --left) {
      const std::string_view name = in.text();
      const auto found = known_.find(std::pair(name, in.number()));
      if (found == known_.end()) return broken();
      out.answers.push_back(found->second);
    }
    left = in.count();
    if (left > kMostMessages) return broken();
    for (; left > 0; --left) {
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
      auto joined = join_json(packed_.substr(0, end), shelf_, kMostOctets);
      if (!joined) return tl::unexpected(joined.error());
      if (!may_keep(joined->size())) return broken();
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
  /// By an answer's name and type, which its peers name it by.
  std::map<std::pair<std::string_view, std::uint64_t>, std::size_t> known_;
  std::size_t kept_ = 0;
};

}  // namespace

base::Result<Bundle> unpack(std::string_view packed, Shelf& shelf) {
  return BundleUnpacker(packed, shelf).run();
}

}  // namespace evidence
