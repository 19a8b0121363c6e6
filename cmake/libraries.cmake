# The libraries of Debian that we stand on, each behind one name. The large ones come from
# their static archives where there are any that a program can be linked with: a process then
# starts in half the time and touches fewer pages (see docs/dev/architecture.md).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

set(DANE_LIBRARIES gnutls nettle hogweed gmp tasn1 unistring idn2 unbound event resolv z
  sqlite3 cdb ldns crypto)
set(no_pkcs11 ${PROJECT_SOURCE_DIR}/cmake/no_pkcs11.cpp)

# DANE_LIB_NAME of each: the archive libNAME.a if STATIC and there is one, else the shared
# library. Nothing is cached: the kind may be another one the next time.
macro(dane_find_libraries STATIC)
  foreach(name ${DANE_LIBRARIES})
    unset(DANE_LIB_${name})  # a name that has a value is not looked for
    unset(DANE_LIB_${name} CACHE)  # of a folder that an older version has configured
    if(${STATIC})
      find_library(DANE_LIB_${name} NAMES lib${name}.a ${name} NO_CACHE REQUIRED)
    else()
      find_library(DANE_LIB_${name} NAMES ${name} NO_CACHE REQUIRED)
    endif()
  endforeach()
endmacro()

# OUT: empty if a program can be linked with the archives of GnuTLS and libunbound, else why
# not. An archive alone says nothing: it may ask for libraries that only exist as shared ones,
# or that none of ours needs.
function(dane_try_static OUT)
  foreach(name gnutls unbound)
    if(NOT DANE_LIB_${name} MATCHES "\\.a$")
      set(${OUT} "there is no lib${name}.a" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  set(libraries ${DANE_LIB_gnutls} ${DANE_LIB_unbound} ${DANE_LIB_hogweed} ${DANE_LIB_nettle}
    ${DANE_LIB_gmp} ${DANE_LIB_tasn1} ${DANE_LIB_idn2} ${DANE_LIB_unistring} ${DANE_LIB_event}
    Threads::Threads)
  file(WRITE ${CMAKE_BINARY_DIR}/try_static.cpp
    "#include <gnutls/gnutls.h>\n#include <unbound.h>\n"
    "int main() { return gnutls_global_init() + (ub_ctx_create() == nullptr); }\n")
  try_compile(good ${CMAKE_BINARY_DIR}/try_static
    SOURCES ${CMAKE_BINARY_DIR}/try_static.cpp ${no_pkcs11}
    LINK_LIBRARIES ${libraries} OUTPUT_VARIABLE log)
  set(why "")
  if(NOT good)
    string(REGEX MATCH "undefined reference to [^\n]*|cannot find [^\n]*|error: [^\n]*" why
      "${log}")
    set(why "linking with the archives fails: ${why}")
  endif()
  unset(good CACHE)
  set(${OUT} "${why}" PARENT_SCOPE)
endfunction()

# ldns and OpenSSL's libcrypto from their archives where that is how the others are linked
# and these two can be: later releases build an archive of libcrypto that asks for more.
function(dane_find_ldns)
  if(DANE_STATIC_LINK)
    file(WRITE ${CMAKE_BINARY_DIR}/try_ldns.cpp
      "#include <ldns/ldns.h>\n"
      "int main() { return ldns_verify_rrsig_buffers_raw(nullptr, 0, nullptr, nullptr, 0, 8); }\n")
    try_compile(good ${CMAKE_BINARY_DIR}/try_ldns SOURCES ${CMAKE_BINARY_DIR}/try_ldns.cpp
      LINK_LIBRARIES ${DANE_LIB_ldns} ${DANE_LIB_crypto} Threads::Threads ${CMAKE_DL_LIBS})
    if(NOT good)
      foreach(name ldns crypto)
        unset(DANE_LIB_${name})
        find_library(DANE_LIB_${name} NAMES ${name} NO_CACHE REQUIRED)
        set(DANE_LIB_${name} ${DANE_LIB_${name}} PARENT_SCOPE)
      endforeach()
    endif()
    unset(good CACHE)
  endif()
endfunction()

set(DANE_STATIC_LINK OFF)
if(DANE_STATIC)  # AUTO, too
  dane_find_libraries(ON)
  dane_try_static(why_not)
  if(why_not STREQUAL "")
    set(DANE_STATIC_LINK ON)
    message(STATUS "GnuTLS and libunbound: static archives")
  elseif(NOT DANE_STATIC STREQUAL "AUTO")
    message(FATAL_ERROR "DANE_STATIC is ${DANE_STATIC}, but ${why_not}")
  else()
    message(NOTICE "GnuTLS and libunbound: shared libraries, since ${why_not}")
  endif()
endif()

# The static GnuTLS asks for p11-kit, of which there is no static archive.
if(DANE_STATIC_LINK)
  add_library(dane_no_pkcs11 STATIC ${no_pkcs11})
  set(DANE_LIB_p11-kit dane_no_pkcs11)
else()
  dane_find_libraries(OFF)
  find_library(DANE_LIB_p11-kit NAMES p11-kit NO_CACHE REQUIRED)
endif()

add_library(dane_gnutls INTERFACE)
target_link_libraries(dane_gnutls INTERFACE
  ${DANE_LIB_gnutls} ${DANE_LIB_hogweed} ${DANE_LIB_nettle} ${DANE_LIB_gmp}
  ${DANE_LIB_tasn1} ${DANE_LIB_idn2} ${DANE_LIB_unistring}
  ${DANE_LIB_p11-kit})

# What libunbound may compute with the keys of DNSSEC, and what need not be computed twice;
# see the files.
add_library(dane_dnssec_bounds STATIC ${PROJECT_SOURCE_DIR}/cmake/dnssec_bounds.cpp
  ${PROJECT_SOURCE_DIR}/cmake/dnssec_memory.cpp)
target_include_directories(dane_dnssec_bounds PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(dane_dnssec_bounds PUBLIC
  ${DANE_LIB_hogweed} ${DANE_LIB_nettle} ${DANE_LIB_gmp})
target_link_options(dane_dnssec_bounds INTERFACE -Wl,-u,dane_dnssec_bounds)
if(DANE_LIB_unbound MATCHES "\\.a$")
  target_compile_definitions(dane_dnssec_bounds PRIVATE DANE_WRAPPED)
  foreach(hash sha1 sha256 sha512)
    target_link_options(dane_dnssec_bounds INTERFACE
      -Wl,--wrap=nettle_rsa_${hash}_verify_digest)
  endforeach()
  target_link_options(dane_dnssec_bounds INTERFACE
    -Wl,--wrap=nettle_ecdsa_verify -Wl,-u,__wrap_nettle_ecdsa_verify)
endif()

add_library(dane_unbound INTERFACE)
target_link_libraries(dane_unbound INTERFACE
  ${DANE_LIB_unbound} dane_dnssec_bounds ${DANE_LIB_hogweed} ${DANE_LIB_nettle} ${DANE_LIB_gmp}
  ${DANE_LIB_event} Threads::Threads)

dane_find_ldns()
add_library(dane_ldns INTERFACE)
target_link_libraries(dane_ldns INTERFACE ${DANE_LIB_ldns} ${DANE_LIB_crypto}
  Threads::Threads ${CMAKE_DL_LIBS})

add_library(dane_zlib INTERFACE)
target_link_libraries(dane_zlib INTERFACE ${DANE_LIB_z})

add_library(dane_sqlite INTERFACE)
target_link_libraries(dane_sqlite INTERFACE ${DANE_LIB_sqlite3} Threads::Threads m
  ${CMAKE_DL_LIBS})

add_library(dane_cdb INTERFACE)
target_link_libraries(dane_cdb INTERFACE ${DANE_LIB_cdb})

# OpenSSL's, for what GnuTLS has not: time-stamps.
add_library(dane_crypto INTERFACE)
target_link_libraries(dane_crypto INTERFACE ${DANE_LIB_crypto} Threads::Threads
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
