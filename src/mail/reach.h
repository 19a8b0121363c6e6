#pragma once

#include "src/client/flow.h"
#include "src/mail/smtp_opening.h"

namespace mail {

/// How connections to mail servers are made.
struct Options {
  io::Source source;
  std::string helo;
  std::chrono::milliseconds connect_limit{60'000};
  std::chrono::milliseconds remote_limit{
      1'200'000};  ///< for each reply, and for the handshake
  std::chrono::milliseconds greeting_limit{
      60'000};  ///< for the greeting, if that is less
  tls::Options tls;
};

/// One address of one host, and what is required of it.
struct Peer {
  net::Endpoint endpoint;
  TlsStart start = TlsStart::starttls;
  policy::DnsFacts facts;
  policy::Requirement requirement;
  const verify::Roots* roots = nullptr;
};

/// What the peer is held to.
[[nodiscard]] client::Terms terms_for(const Peer& peer);

/// The options of the flow to a server that speaks SMTP in one of two ways.
[[nodiscard]] client::Options flow_options(const Options& options, TlsStart start);

/// The SMTP client of a connection that was made with `flow_options` and is good.
[[nodiscard]] smtp::Client& smtp_client(const client::Connection& connection);

}  // namespace mail
