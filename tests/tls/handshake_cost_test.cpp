#include "src/tls/handshake_cost.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "src/tls/own_certificate.h"
#include "tests/tls/attempt.h"

namespace tls {
namespace {

/// What is said of each message that a server sends, asked by a client that is not ours
/// and so does not stop at the first: by the number of the message.
using Answers = std::map<unsigned, std::optional<std::string>>;

int note(gnutls_session_t session, unsigned type, unsigned /*when*/, unsigned incoming,
         const gnutls_datum_t* message) {
  if (incoming == 0) return 0;
  auto& answers = *static_cast<Answers*>(gnutls_session_get_ptr(session));
  answers[type] = costly_message(session, type,
                                 std::as_bytes(std::span(message->data, message->size)));
  return answers[type] ? GNUTLS_E_CERTIFICATE_ERROR : 0;
}

Answers answers(support::TlsServer& server, const std::string& priorities) {
  Answers out;
  const io::Descriptor socket = server.take_client();
  fcntl(socket.get(), F_SETFL, 0);
  gnutls_session_t session = nullptr;
  EXPECT_EQ(gnutls_init(&session, GNUTLS_CLIENT | GNUTLS_ENABLE_RAWPK), 0);
  EXPECT_EQ(gnutls_priority_set_direct(session, priorities.c_str(), nullptr), 0);
  const auto nothing = load_credentials({});
  gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, nothing->get());
  gnutls_session_set_ptr(session, &out);
  gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_PRE,
                                     note);
  gnutls_transport_set_int(session, socket.get());
  int rc = 0;
  do {
    rc = gnutls_handshake(session);
  } while (rc < 0 && gnutls_error_is_fatal(rc) == 0);
  gnutls_deinit(session);
  return out;
}

/// A server that shows this bare key, which it does not have.
support::ServerRecipe bare(const std::string& version, base::Bytes key) {
  auto out = good_server(version);
  out.priorities += ":+CTYPE-SRV-RAWPK";
  out.raw_key = std::move(key);
  return out;
}

constexpr const char* kRawKeyFirst =
    ":-CTYPE-ALL:+CTYPE-CLI-X509:+CTYPE-SRV-RAWPK:+CTYPE-SRV-X509";
const base::Bytes kSlowModulus(2500, std::byte{0x77});  // 20,000 bits

TEST(HandshakeCost, AHonestServerCostsNothing) {
  for (const char* version : {"1.2", "1.3"}) {
    support::TlsServer server(good_server(version));
    for (const auto& [type, why] : answers(server, only(version))) {
      EXPECT_EQ(why, std::nullopt) << type;
    }
  }
}

TEST(HandshakeCost, ASlowKeyIsFoundBeforeItsSignatureIsChecked_Rfc8446s4_4_3) {
  support::TlsServer server(bare("1.3", rsa_spki(kSlowModulus)));
  auto got = answers(server, only("1.3") + kRawKeyFirst);
  EXPECT_EQ(got[GNUTLS_HANDSHAKE_CERTIFICATE_PKT], std::nullopt) << "nothing is computed";
  EXPECT_TRUE(got[GNUTLS_HANDSHAKE_CERTIFICATE_VERIFY]);
}

// Static RSA has no message that is signed: the key is encrypted to.
TEST(HandshakeCost, ASlowKeyIsFoundBeforeItIsEncryptedTo_Rfc5246s7_4_7_1) {
  auto recipe = bare("1.2", rsa_spki(kSlowModulus));
  recipe.priorities += ":-KX-ALL:+RSA";
  recipe.key = {"static", support::Key::Kind::rsa2048};
  support::TlsServer server(recipe);
  auto got = answers(server, only("1.2") + ":-KX-ALL:+RSA" + kRawKeyFirst);
  EXPECT_EQ(got[GNUTLS_HANDSHAKE_CERTIFICATE_PKT], std::nullopt) << "nothing is computed";
  EXPECT_TRUE(got[GNUTLS_HANDSHAKE_SERVER_HELLO_DONE]);
}

}  // namespace
}  // namespace tls
