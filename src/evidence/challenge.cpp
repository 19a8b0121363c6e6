#include "src/evidence/challenge.h"

#include <sys/random.h>

#include <cstdlib>
#include <numeric>
#include <utility>

#include "src/evidence/assemble.h"
#include "src/evidence/bundle_json.h"
#include "src/evidence/commitment.h"

namespace evidence {
namespace {

Octets32 fresh_blind() {
  Octets32 out{};
  // The kernel gives so few octets at once or, before it has any, waits. Without them no
  // program can go on.
  if (getrandom(out.data(), out.size(), 0) != static_cast<ssize_t>(out.size())) {
    std::abort();
  }
  return out;
}

}  // namespace

Handshake Challenger::begin(std::string address, std::uint16_t port,
                            std::string server_name) const {
  Handshake out;
  out.address = std::move(address);
  out.port = port;
  out.server_name = std::move(server_name);
  out.moment = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  out.blind = fresh_blind();
  out.previous = previous_;
  return out;
}

Octets32 Challenger::random_of(const Handshake& handshake) const {
  Commitment commitment;
  commitment.blind = handshake.blind;
  commitment.dns = dns_;
  commitment.previous = handshake.previous;
  commitment.port = handshake.port;
  commitment.moment = handshake.moment;
  commitment.server_name = handshake.server_name;
  return client_random(commitment);
}

Challenger challenger_for(const Trail& known, const Octets32& previous) {
  const DnsEvidence dns = dns_evidence({&known});
  std::vector<std::size_t> all(dns.answers.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return {hash_of_answers(dns, all), previous};
}

}  // namespace evidence
