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
#include <algorithm>

#include "src/evidence/canonical_json.h"
#include "src/evidence/json_parts.h"
#include "src/evidence/packed_bundle.h"
#include "src/evidence/packed_set.h"
#include "src/evidence/packing.h"
#include "src/evidence/set_references.h"

namespace evidence {
namespace {

using packed_form::kBetween;
using packed_form::kIsAnswer;
using packed_form::kIsError;

// The first octet of a handshake message (RFC 8446 4, RFC 6066 8).
constexpr std::byte kCertificate{11}, kCertificateStatus{22};

tl::unexpected<base::Error> against_the_rules(std::string_view why) {
  return base::fail(base::ErrorKind::internal, base::Code::local,
                    "a bundle to be stored " + std::string(why));
}

std::uint64_t seconds_in(std::chrono::sys_seconds moment) {
  return static_cast<std::uint64_t>(moment.time_since_epoch().count());
}

bool is_shared(const base::Bytes& message) {
  return !message.empty() &&
         (message.front() == kCertificate || message.front() == kCertificateStatus);
}

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
    const auto fault = reference_fault(bundle_.dns);
    if (!fault) return {};
    switch (*fault) {
      case ReferenceFault::out_of_order:
        return against_the_rules("has sets out of order");
      case ReferenceFault::not_there:
        return against_the_rules("has an answer with sets that are not there");
      case ReferenceFault::unused:
        break;
    }
    return against_the_rules("has a set that no answer uses");
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

}  // namespace

base::Result<std::string> pack(const Bundle& bundle, Shelf& shelf) {
  return BundlePacker(bundle, shelf).run();
}

}  // namespace evidence
