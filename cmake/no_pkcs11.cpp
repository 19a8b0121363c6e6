// GnuTLS's static archive asks for p11-kit, which Debian has as a shared library only,
// and loading that (with libffi, and the machine's PKCS#11 modules behind it) costs more
// time and memory than the whole proof of a peer. No program here offers keys or trust
// stores on tokens, so these stand in: every PKCS#11 URL is refused as one that no module
// serves. A GnuTLS that asks for another function fails at link time, not at run time.

#include <cstddef>

extern "C" {

// Signatures do not matter to the linker, and none of these is reached: GnuTLS gives up
// on the first one that returns nothing. Pointers come back null, numbers as a failure.
// A name that is declared cannot stand in parentheses.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define DANE_NO_P11_POINTER(name) \
  void* name() { return nullptr; }
#define DANE_NO_P11_NUMBER(name) \
  int name() { return -1; }
#define DANE_NO_P11_SIZE(name) \
  std::size_t name() { return 0; }
// NOLINTEND(bugprone-macro-parentheses)

DANE_NO_P11_POINTER(p11_kit_config_option)
DANE_NO_P11_POINTER(p11_kit_message)
DANE_NO_P11_NUMBER(p11_kit_module_finalize)
DANE_NO_P11_SIZE(p11_kit_module_get_flags)
DANE_NO_P11_POINTER(p11_kit_module_get_name)
DANE_NO_P11_POINTER(p11_kit_module_load)
DANE_NO_P11_POINTER(p11_kit_module_release)
DANE_NO_P11_POINTER(p11_kit_modules_load)
DANE_NO_P11_POINTER(p11_kit_pin_file_callback)
DANE_NO_P11_SIZE(p11_kit_pin_get_length)
DANE_NO_P11_POINTER(p11_kit_pin_get_value)
DANE_NO_P11_POINTER(p11_kit_pin_new_for_string)
DANE_NO_P11_NUMBER(p11_kit_pin_register_callback)
DANE_NO_P11_POINTER(p11_kit_pin_request)
DANE_NO_P11_POINTER(p11_kit_pin_unref)
DANE_NO_P11_POINTER(p11_kit_pin_unregister_callback)
DANE_NO_P11_POINTER(p11_kit_space_strdup)
DANE_NO_P11_SIZE(p11_kit_space_strlen)
DANE_NO_P11_POINTER(p11_kit_strerror)
DANE_NO_P11_NUMBER(p11_kit_uri_format)
DANE_NO_P11_POINTER(p11_kit_uri_free)
DANE_NO_P11_POINTER(p11_kit_uri_get_attribute)
DANE_NO_P11_POINTER(p11_kit_uri_get_attributes)
DANE_NO_P11_POINTER(p11_kit_uri_get_module_info)
DANE_NO_P11_POINTER(p11_kit_uri_get_pin_source)
DANE_NO_P11_POINTER(p11_kit_uri_get_pin_value)
DANE_NO_P11_POINTER(p11_kit_uri_get_token_info)
DANE_NO_P11_NUMBER(p11_kit_uri_match_module_info)
DANE_NO_P11_NUMBER(p11_kit_uri_match_token_info)
DANE_NO_P11_POINTER(p11_kit_uri_new)
DANE_NO_P11_NUMBER(p11_kit_uri_parse)
DANE_NO_P11_NUMBER(p11_kit_uri_set_attribute)

}  // extern "C"
