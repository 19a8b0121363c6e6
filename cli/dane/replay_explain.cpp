#include "cli/dane/replay_explain.h"

#include <algorithm>
#include <tuple>

#include "resolver/rcode.h"
#include "resolver/trust_anchor.h"
#include "src/evidence/answer_book.h"
#include "src/evidence/canonical_json.h"
#include "src/evidence/trail.h"
#include "src/io/file.h"
#include "verify/certificate.h"

namespace cli::dane {
namespace {

constexpr std::size_t kMostAnchors = std::size_t{1} << 20U;

std::string words_of(const dns::Name& name, std::uint16_t type) {
  return evidence::type_text(type) + " " + name.text() + ".";
}

std::string line_of(const evidence::UsedSignature& signature) {
  return "  " + words_of(signature.owner, signature.type) + "  signed by " +
         signature.zone.text() + "., " + verify::to_text(signature.inception) + " to " +
         verify::to_text(signature.expiration) + "\n";
}

std::string line_of(const SeenStamp& stamp) {
  return "  " + verify::to_text(stamp.says.moment) + "  by " + stamp.says.authority +
         (stamp.by_witness ? ", verified; its certificate ends " +
                                 verify::to_text(stamp.says.certificate_until) + "\n"
          : stamp.why_not.empty() ? ", which nobody has verified (--witness)\n"
                                  : ", which does not count: " + stamp.why_not + "\n");
}

}  // namespace

base::Result<evidence::ValidationBasis> basis_of(const ReplayJob& job,
                                                 std::chrono::sys_seconds moment) {
  const auto text = io::read_file(
      job.trust_anchor.empty() ? resolver::kRootKeyFile : job.trust_anchor, kMostAnchors);
  if (!text) return tl::unexpected(text.error());
  evidence::ValidationBasis basis;
  basis.anchors.push_back({*text, std::nullopt, std::nullopt});
  basis.moment = moment;
  return basis;
}

base::Result<evidence::SecondOpinion> second_opinion_of(const evidence::Bundle& bundle,
                                                        const ReplayJob& job) {
  auto basis = basis_of(job, job.moment_of(bundle));
  if (!basis) return tl::unexpected(basis.error());
  basis->skew = bundle.dns.skew;
  return evidence::second_opinion(bundle.dns, *basis);
}

base::Result<void> expect_same(const evidence::Answer& answer,
                               const evidence::JudgedAnswer& judged) {
  if (evidence::is_same(answer, judged)) return {};
  return evidence::does_not_hold(words_of(answer.name, answer.type) + ": " +
                                 std::string(dns::to_text(answer.security)) +
                                 " by libunbound, " +
                                 std::string(dns::to_text(judged.security)) +
                                 " by the second validator: " + judged.reason);
}

base::Result<void> expect_same(const evidence::Bundle& bundle,
                               const evidence::SecondOpinion& opinion) {
  for (std::size_t i = 0; i < bundle.dns.answers.size(); ++i) {
    auto same = expect_same(bundle.dns.answers[i], opinion.answers[i]);
    if (!same) return same;
  }
  return {};
}

std::string explanation_of(const evidence::Strength& strength,
                           const std::vector<SeenStamp>& stamps,
                           const evidence::SecondOpinion& opinion) {
  std::string out = "What this proves:\n";
  for (const std::string& line : evidence::words_of(strength)) out += "  " + line + "\n";
  out += "  Time-outs, refusals and addresses are the word of whoever made it.\n";
  if (!stamps.empty()) out += "Time-stamps of its run:\n";
  for (const SeenStamp& stamp : stamps) out += line_of(stamp);
  std::vector<evidence::UsedSignature> chain = opinion.signatures;
  std::ranges::sort(chain, {}, [](const evidence::UsedSignature& one) {
    return std::tuple(one.zone.labels().size(), one.zone, one.owner, one.type);
  });
  out += "Signatures, from the root down:\n";
  for (const evidence::UsedSignature& signature : chain) out += line_of(signature);
  return out;
}

}  // namespace cli::dane
