// A connection that was made on another day, judged again.
//
// A record holds what a peer and the way to it showed. It does not hold what was thought
// of that: whether the peer is proved, and whether there is a second try, follows again
// from the terms, by the functions that a live connection asks. So whoever writes records
// can claim that a server was silent or broke a handshake off, and cannot claim that one
// was proved: a connection without an error counts only if its peer can be judged.
#include "src/client/recorded.h"

#include <utility>

#include "src/client/decisions.h"

namespace client {
namespace {

tl::unexpected<base::Error> never_met(std::string why) {
  return base::fail(base::ErrorKind::permanent, base::Code::bad_evidence, std::move(why));
}

RecordedTry recorded_try(const Seen& seen) {
  RecordedTry out;
  out.progress = seen.progress;
  out.session = seen.session;
  out.chain = seen.chain;
  out.rejection = seen.rejection;
  out.took = seen.took;
  const bool is_refused =
      seen.session && seen.verdict && !verify::accepted(seen.verdict->outcome);
  if (!is_refused) out.error = seen.error;
  return out;
}

/// Whether a connection that ended well can have done without TLS.
bool may_be_clear(const RecordedTry& one, const policy::Requirement& requirement) {
  return requirement.tls != policy::Tls::required && one.progress == Progress::connected;
}

/// Takes one try as if it were made now.
base::Result<void> take(RecordedTry one, Connection& out, const Options& options) {
  if (!one.session && !one.error && !may_be_clear(one, out.requirement)) {
    return never_met("a connection that ended well without TLS");
  }
  const bool began = one.session || one.progress >= Progress::tls_begun;
  if (began && one.server_name && *one.server_name != hello_name(out, options)) {
    return never_met("a handshake with another server name than the terms have");
  }
  Seen& seen = out.seen;
  seen = Seen();
  seen.progress = one.progress;
  seen.error = std::move(one.error);
  seen.rejection = std::move(one.rejection);
  seen.took = one.took;
  if (!one.session) return {};
  seen.verdict = judge(one.chain, out, options);
  seen.chain = std::move(one.chain);
  seen.session = std::move(one.session);
  const bool is_proved = verify::accepted(seen.verdict->outcome);
  seen.progress = is_proved ? Progress::established : Progress::tls_begun;
  if (!is_proved) seen.error = refusal(*seen.verdict);
  return {};
}

}  // namespace

RecordedConnection recorded(const Connection& connection) {
  RecordedConnection out;
  out.peer = connection.peer;
  out.failures = connection.failures;
  for (const Seen& seen : connection.earlier) out.tries.push_back(recorded_try(seen));
  out.tries.push_back(recorded_try(connection.seen));
  return out;
}

io::Task<base::Result<Connection>> reach_again(RecordedConnection recorded,
                                               TermsLookup look_up,
                                               const Options& options) {
  Connection out;
  out.peer = recorded.peer;
  out.failures = std::move(recorded.failures);
  auto terms = co_await look_up();
  if (!terms) {
    out.seen.error = std::move(terms.error());
    co_return out;
  }
  out.terms = std::move(*terms);
  out.requirement = out.terms.requirement;
  bool is_over = false;
  for (RecordedTry& one : recorded.tries) {
    if (is_over) co_return never_met("more connections than there would have been");
    auto taken = take(std::move(one), out, options);
    if (!taken) co_return tl::unexpected(taken.error());
    is_over = !goes_on(out, options);
  }
  if (!is_over) co_return never_met("fewer connections than there would have been");
  co_return out;
}

}  // namespace client
