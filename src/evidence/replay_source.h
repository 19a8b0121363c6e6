#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "resolver/source.h"
#include "src/evidence/bundle.h"
#include "src/evidence/recorded_name_server.h"

namespace evidence {

/// Whether answers have the aliases that DNAME records make (RFC 6672 3.1).
enum class MadeAliases {
  recorded,
  left_out,  ///< whoever asks gets those that libunbound makes
};

/// How the answers of a bundle are validated again.
struct ReplayTerms {
  std::string trust_anchor;         ///< a file; empty: Debian's root keys
  std::chrono::sys_seconds moment;  ///< by which dates of signatures count
  MadeAliases made_aliases = MadeAliases::recorded;
};

/// Gives the answers of a bundle, each validated by libunbound in a context of its own,
/// which knows nothing but the root's keys, the moment, and what the bundle holds. An
/// answer whose state or records come out in another way than the bundle says is none:
/// the error has code `bad_evidence`, and `ask_all` has the first of them, whatever the
/// one who asked made of it.
class ReplaySource final : public resolver::Source {
 public:
  /// Errors: those of UnboundSource::create, and kind `permanent`, code `bad_evidence`
  /// for a moment that no validator can be set to. Loop and bundle must outlive it.
  [[nodiscard]] static base::Result<std::unique_ptr<ReplaySource>> create(
      io::Loop& loop, const DnsEvidence& dns, const ReplayTerms& terms);

  [[nodiscard]] io::Task<base::Result<resolver::RawAnswer>> ask(
      dns::Name name, resolver::Type type) override;
  /// Whether the root's keys in the bundle are those of the trust anchor.
  [[nodiscard]] io::Task<base::Result<void>> check() override;

  /// Validates every answer of the bundle, asked for or not; the first thing that does
  /// not hold, in all that was ever asked.
  [[nodiscard]] io::Task<base::Result<void>> ask_all();
  /// Likewise of these alone, which are answers of the bundle.
  [[nodiscard]] io::Task<base::Result<void>> ask_each(std::span<const Answer> answers);

 private:
  ReplaySource(const DnsEvidence& dns, std::unique_ptr<RecordedNameServer> server,
               std::unique_ptr<resolver::Source> validator, MadeAliases made_aliases);
  base::Error complain(std::string why);
  [[nodiscard]] io::Task<base::Result<resolver::RawAnswer>> validate(Told recorded);

  const DnsEvidence& dns_;
  MadeAliases made_aliases_;
  std::unique_ptr<RecordedNameServer> server_;
  std::unique_ptr<resolver::Source> validator_;
  std::map<Trail::Question, base::Result<resolver::RawAnswer>> validated_;
  std::optional<base::Error> complaint_;
};

}  // namespace evidence
