#include "src/audit/common.h"

namespace audit {
namespace {

constexpr std::size_t kMostHosts = 200'000;
constexpr std::size_t kMostZones = 200'000;
constexpr std::size_t kMiB = std::size_t{1024} * 1024;
constexpr std::size_t kMostHostOctets = 512 * kMiB;
constexpr std::size_t kMostZoneOctets = 256 * kMiB;

}  // namespace

Common::Common(SurveySettings how, LimitSettings limit_settings)
    : settings(std::move(how)),
      limits(limit_settings),
      slow(settings.ways.remote_limit),
      hosts(kMostHosts, kMostHostOctets, octets_of),
      zones(kMostZones, kMostZoneOctets, octets_of) {}

}  // namespace audit
