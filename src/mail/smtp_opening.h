#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "src/client/opening.h"
#include "src/smtp/client.h"

namespace mail {

/// Whether TLS begins with the connection (RFC 8314 3.3), or after STARTTLS (RFC 3207).
enum class TlsStart { starttls, implicit };

/// How long a server is waited for, and by what name.
struct SmtpOptions {
  std::string helo;
  std::chrono::milliseconds reply_limit{1200'000};  ///< for each reply
  std::chrono::milliseconds greeting_limit{
      60'000};  ///< for the greeting, if that is less
  TlsStart start = TlsStart::starttls;
};

/// SMTP up to where a message could be handed over: greeting, EHLO, STARTTLS as the
/// requirement has it, EHLO again. Errors, kind `temporary`: those of smtp::Client, and
/// codes `greeting`, `helo`, `starttls_not_offered`, `starttls_refused`,
/// `starttls_injection`.
class SmtpOpening final : public client::Opening {
 public:
  explicit SmtpOpening(SmtpOptions options) : options_(std::move(options)) {}

  [[nodiscard]] io::Task<base::Result<void>> greet(tls::Channel& channel) override;
  [[nodiscard]] io::Task<base::Result<client::NextStep>> ask_for_tls(
      tls::Channel& channel, const policy::Requirement& requirement) override;
  [[nodiscard]] io::Task<base::Result<void>> resume(tls::Channel& channel) override;
  [[nodiscard]] io::Task<void> leave(tls::Channel& channel) override;
  [[nodiscard]] const smtp::Reply& rejection() const override { return rejection_; }

  /// Speaks on the connection from here on; there is one once the server was greeted.
  [[nodiscard]] smtp::Client& client() { return *client_; }

 private:
  io::Task<base::Result<void>> introduce();
  io::Task<base::Result<void>> hear_greeting();
  io::Task<base::Result<void>> say_hello();
  io::Task<base::Result<void>> reject(base::Code code, std::string_view what,
                                      smtp::Reply reply);

  SmtpOptions options_;
  std::optional<smtp::Client> client_;
  smtp::Reply rejection_;
};

}  // namespace mail
