#include "cli/dane/check_live.h"

#include <utility>

namespace cli::dane {

io::Task<client::Connection> LiveCheckContact::reach(const CheckJob& /*job*/,
                                                     std::vector<net::Endpoint> endpoints,
                                                     client::TermsLookup terms,
                                                     const client::Options& options) {
  co_return co_await client::reach(loop_, std::move(endpoints), std::move(terms),
                                   options);
}

}  // namespace cli::dane
