#pragma once

#include "resolver/config.h"
#include "src/audit/judged.h"
#include "src/audit/limits.h"
#include "src/audit/shared.h"
#include "src/audit/slow.h"
#include "src/evidence/bundle.h"

namespace audit {

/// Which mail hosts are connected to.
enum class Probe {
  none,  ///< the DNS alone
  dane,  ///< those with TLSA records
  all,
};

/// Which addresses are connected to and asked.
enum class Reach {
  everywhere,
  public_only,  ///< those of the Internet: whoever may name a domain learns of no other
};

/// Which conversations with a host are kept when it has been judged.
enum class Keep {
  usual,  ///< the usual ones, which reports tell of
  all,    ///< whatever was seen, so that it can be written down and judged again
};

/// How a survey is made.
struct SurveySettings {
  mail::Options ways;
  Probe probe = Probe::dane;
  Reach reach = Reach::everywhere;
  std::optional<net::Family> family;  ///< the only one that mail hosts are asked at
  Keep keep = Keep::usual;
  /// Also what decides no grade, or only a careful one: the keys of the zones, the
  /// records of MTA-STS and TLSRPT, what each name server says, what is shown without SNI
  /// and by another kind of key.
  bool thorough = true;
  /// How often an address that refuses for now or breaks a handshake off is asked again,
  /// and a look-up of TLSA records that fails is made again.
  unsigned retries = 1;
  std::chrono::seconds retry_wait{20};  ///< before each, and up to half as much again
  /// For MTA-STS policies, and for what they demand of mail hosts; without it none is
  /// fetched. It outlives the survey.
  const verify::Roots* sts_roots = nullptr;
  /// Whether what was seen is to be proved to others: answers leave trails, peers sign.
  bool evidence = false;
  /// Whom a second resolver asks, for what has to be asked past the cache of the first
  /// one; with evidence alone.
  std::optional<resolver::Config> resolver;
  /// The hash of the checkpoint of the run before, which peers sign too.
  evidence::Octets32 previous_checkpoint{};
};

/// What all conversations on all loops share. It outlives the loops.
struct Common {
  explicit Common(SurveySettings how, LimitSettings limit_settings);

  SurveySettings settings;
  Limits limits;
  SlowEndpoints slow;
  Shared<HostAudit> hosts;
  Shared<ZoneSeen> zones;
};

}  // namespace audit
