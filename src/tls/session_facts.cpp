#include "src/tls/session_facts.h"

#include <gnutls/gnutls.h>

#include <array>
#include <span>

namespace tls {
namespace {

std::string protocol_word(gnutls_protocol_t version) {
  switch (version) {
    case GNUTLS_TLS1_3:
      return "TLSv1.3";
    case GNUTLS_TLS1_2:
      return "TLSv1.2";
    case GNUTLS_TLS1_1:
      return "TLSv1.1";
    default:
      break;
  }
  const char* name = gnutls_protocol_get_name(version);
  return name != nullptr ? name : "";
}

}  // namespace

SessionFacts negotiated(gnutls_session_int* session) {
  SessionFacts out;
  out.protocol = protocol_word(gnutls_protocol_get_version(session));
  if (const char* suite = gnutls_ciphersuite_get(session)) out.cipher = suite;
  const auto group = gnutls_group_get(session);
  if (group != GNUTLS_GROUP_INVALID) out.group = gnutls_group_get_name(group);
  out.key_bits =
      static_cast<int>(gnutls_cipher_get_key_size(gnutls_cipher_get(session)) * 8);
  out.resumed = gnutls_session_is_resumed(session) != 0;
  std::array<std::byte, GNUTLS_MAX_SESSION_ID_SIZE> id{};
  std::size_t id_size = id.size();
  if (gnutls_session_get_id(session, id.data(), &id_size) == 0) {
    out.session_id = base::to_hex(base::ByteView(id).first(id_size));
  }
  return out;
}

base::Bytes channel_binding(gnutls_session_int* session) {
  gnutls_datum_t binding{};
  if (gnutls_session_channel_binding(session, GNUTLS_CB_TLS_EXPORTER, &binding) != 0) {
    return {};
  }
  const base::ByteView view = std::as_bytes(std::span(binding.data, binding.size));
  base::Bytes out(view.begin(), view.end());
  gnutls_free(binding.data);
  return out;
}

}  // namespace tls
