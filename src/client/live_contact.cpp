#include "src/client/live_contact.h"

#include <utility>

namespace client {

io::Task<Connection> LiveContact::reach(const Target& /*target*/,
                                        std::vector<net::Endpoint> endpoints,
                                        TermsLookup terms, const Options& options) {
  co_return co_await client::reach(loop_, std::move(endpoints), std::move(terms),
                                   options);
}

}  // namespace client
