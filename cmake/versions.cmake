# What --version says is inside: the libraries as this machine's packages have them.
# A program that holds static copies is as old as they are, whatever is installed later.
set(DANE_LIBRARY_ROWS "")
function(dane_note_library NAME VARIABLE PACKAGE)
  execute_process(COMMAND dpkg-query -W -f "\${Version}" ${PACKAGE}
    OUTPUT_VARIABLE version ERROR_QUIET RESULT_VARIABLE failed)
  if(failed OR version STREQUAL "")
    set(version "unknown")
  endif()
  set(linked "shared")
  if(DANE_LIB_${VARIABLE} MATCHES "\\.a$")
    set(linked "static")
  endif()
  set(DANE_LIBRARY_ROWS "${DANE_LIBRARY_ROWS}    {\"${NAME}\", \"${version}\", \"${linked}\"},\n"
    PARENT_SCOPE)
endfunction()
dane_note_library(GnuTLS gnutls libgnutls28-dev)
dane_note_library(nettle nettle nettle-dev)
dane_note_library(GMP gmp libgmp-dev)
dane_note_library(libtasn1 tasn1 libtasn1-6-dev)
dane_note_library(libunbound unbound libunbound-dev)
dane_note_library(libevent event libevent-dev)
dane_note_library(libidn2 idn2 libidn2-dev)
dane_note_library(libunistring unistring libunistring-dev)
dane_note_library(SQLite sqlite3 libsqlite3-dev)
dane_note_library(zlib z zlib1g-dev)
dane_note_library(tinycdb cdb libcdb-dev)
configure_file(${PROJECT_SOURCE_DIR}/cmake/versions.h.in
  ${CMAKE_BINARY_DIR}/generated/versions.h @ONLY)
