#include "src/mail/reach.h"

namespace mail {

client::Terms terms_for(const Peer& peer) {
  return {peer.facts, peer.requirement, peer.roots};
}

client::Options flow_options(const Options& options, TlsStart start) {
  client::Options out;
  out.source = options.source;
  out.connect = {options.connect_limit, std::chrono::seconds(0)};
  out.tls = options.tls;
  out.handshake_limit = options.remote_limit;
  out.opening = [smtp = SmtpOptions{options.helo, options.remote_limit,
                                    options.greeting_limit, start}] {
    return std::make_unique<SmtpOpening>(smtp);
  };
  return out;
}

smtp::Client& smtp_client(const client::Connection& connection) {
  return static_cast<SmtpOpening&>(*connection.opening).client();
}

}  // namespace mail
