// An answer of HTTP, and the MTA-STS policy in it: what is taken does not depend on how
// the octets arrive, and has its bounds.
#include <cstdint>
#include <cstdlib>

#include "src/base/http_response.h"
#include "src/mail/sts_policy.h"

namespace {

constexpr std::size_t kMost = 4096;

void must(bool holds) {
  if (!holds) std::abort();
}

/// Status, media type and body, or the error.
std::string outcome(std::string_view input, std::size_t chunk) {
  http::ResponseReader reader(kMost);
  while (!input.empty()) {
    const auto whole = reader.feed(input.substr(0, chunk));
    if (!whole) return whole.error().detail;
    if (*whole) break;
    input.remove_prefix(std::min(chunk, input.size()));
  }
  if (const auto done = reader.finish(); !done) return done.error().detail;
  const http::Response& response = reader.response();
  must(response.status >= 200 && response.status < 1000);
  must(response.body.size() <= kMost);
  return std::to_string(response.status) + " " + response.media_type + "\n" +
         response.body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string at_once = outcome(input, size + 1);
  must(at_once == outcome(input, 3));
  for (const std::string_view text : {std::string_view(at_once), input}) {
    const auto policy = mail::read_sts_policy(text);
    if (!policy) {
      must(policy.error().code == base::Code::bad_policy);
      continue;
    }
    for (const std::string& host : policy->hosts) {
      const bool wild = host.starts_with("*.");
      const auto name = dns::Name::parse(wild ? "a" + host.substr(1) : host);
      must(name.has_value() == mail::matches(host, name ? *name : dns::Name()));
    }
  }
  return 0;
}
