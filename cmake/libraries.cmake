# The libraries of Debian that we stand on, each behind one name. With DANE_STATIC the
# large ones come from their static archives: a process then starts in half the time and
# touches fewer pages (see docs/dev/architecture.md).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# A static archive DIR/libNAME.a, or the shared library where there is none.
function(dane_find_library OUT NAME)
  if(DANE_STATIC)
    find_library(${OUT} NAMES lib${NAME}.a ${NAME} REQUIRED)
  else()
    find_library(${OUT} NAMES ${NAME} REQUIRED)
  endif()
endfunction()

foreach(name gnutls nettle hogweed gmp tasn1 unistring idn2 unbound event resolv
    z sqlite3)
  dane_find_library(DANE_LIB_${name} ${name})
endforeach()

# The static GnuTLS asks for p11-kit, of which there is no static archive.
if(DANE_STATIC)
  add_library(dane_no_pkcs11 STATIC ${PROJECT_SOURCE_DIR}/cmake/no_pkcs11.cpp)
  set(DANE_LIB_p11-kit dane_no_pkcs11)
else()
  find_library(DANE_LIB_p11-kit NAMES p11-kit REQUIRED)
endif()

add_library(dane_gnutls INTERFACE)
target_link_libraries(dane_gnutls INTERFACE
  ${DANE_LIB_gnutls} ${DANE_LIB_hogweed} ${DANE_LIB_nettle} ${DANE_LIB_gmp}
  ${DANE_LIB_tasn1} ${DANE_LIB_idn2} ${DANE_LIB_unistring}
  ${DANE_LIB_p11-kit})

# What libunbound may compute with the keys of DNSSEC; see the file.
add_library(dane_dnssec_bounds STATIC ${PROJECT_SOURCE_DIR}/cmake/dnssec_bounds.cpp)
target_link_libraries(dane_dnssec_bounds PUBLIC
  ${DANE_LIB_hogweed} ${DANE_LIB_nettle} ${DANE_LIB_gmp})
target_link_options(dane_dnssec_bounds INTERFACE -Wl,-u,dane_dnssec_bounds)
if(DANE_LIB_unbound MATCHES "\\.a$")
  target_compile_definitions(dane_dnssec_bounds PRIVATE DANE_WRAPPED)
  foreach(hash sha1 sha256 sha512)
    target_link_options(dane_dnssec_bounds INTERFACE
      -Wl,--wrap=nettle_rsa_${hash}_verify_digest)
  endforeach()
endif()

add_library(dane_unbound INTERFACE)
target_link_libraries(dane_unbound INTERFACE
  ${DANE_LIB_unbound} dane_dnssec_bounds ${DANE_LIB_hogweed} ${DANE_LIB_nettle} ${DANE_LIB_gmp}
  ${DANE_LIB_event} Threads::Threads)

add_library(dane_zlib INTERFACE)
target_link_libraries(dane_zlib INTERFACE ${DANE_LIB_z})

add_library(dane_sqlite INTERFACE)
target_link_libraries(dane_sqlite INTERFACE ${DANE_LIB_sqlite3} Threads::Threads m
  ${CMAKE_DL_LIBS})

add_library(dane_idn2 INTERFACE)
target_link_libraries(dane_idn2 INTERFACE ${DANE_LIB_idn2} ${DANE_LIB_unistring})

add_library(dane_asio INTERFACE)
# Whether asio allocates by aligned_alloc would depend on which header comes before it.
target_compile_definitions(dane_asio INTERFACE ASIO_STANDALONE ASIO_NO_DEPRECATED
  ASIO_DISABLE_STD_ALIGNED_ALLOC)
# GCC 12 takes the frames of asio's coroutines for memory of another allocator.
target_compile_options(dane_asio INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>)
target_link_libraries(dane_asio INTERFACE Threads::Threads)

add_library(dane_nameser INTERFACE)  # the C library's reader of DNS messages
target_link_libraries(dane_nameser INTERFACE ${DANE_LIB_resolv})
