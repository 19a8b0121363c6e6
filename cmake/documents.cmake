# Man pages, guides and examples: made here, and put in their places by `cmake --install`.

set(doc ${CMAKE_INSTALL_DOCDIR})
set(made ${CMAKE_BINARY_DIR}/docs)

# Man pages need scdoc; what has none installs without them.
find_program(DANE_SCDOC scdoc)
file(GLOB pages CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/man/*.scd)
# Other names of a program: each is a page that sends the reader to the one it stands on.
set(other_names "sslhandle=sslserver" "sslconnect=sslcat" "sslprint=sslcat" "https@=sslcat")
if(DANE_SCDOC)
  foreach(source ${pages})
    get_filename_component(page ${source} NAME_WLE)
    string(REGEX MATCH "[0-9]$" section ${page})
    add_custom_command(OUTPUT ${made}/man/${page}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${made}/man
      COMMAND sh -c [[exec "$0" <"$1" >"$2"]] ${DANE_SCDOC} ${source} ${made}/man/${page}
      DEPENDS ${source} VERBATIM)
    list(APPEND made_pages ${made}/man/${page})
    install(FILES ${made}/man/${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
  endforeach()
  foreach(pair ${other_names})
    string(REGEX REPLACE "=.*" "" name ${pair})
    string(REGEX REPLACE ".*=" "" page ${pair})
    file(WRITE ${made}/man/${name}.1 ".so man1/${page}.1\n")
    install(FILES ${made}/man/${name}.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  endforeach()
  add_custom_target(man ALL DEPENDS ${made_pages})
else()
  message(NOTICE "Man pages are not made: there is no scdoc")
endif()

# Guides stand as in the sources, README.md above docs/, so that links between them lead
# somewhere. docs/dev is for who has the sources: links to it become plain words.
file(GLOB guides CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/*.md)
set(installed_page ${PROJECT_SOURCE_DIR}/cmake/installed_page.sed)
foreach(source ${guides} ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md)
  file(RELATIVE_PATH page ${PROJECT_SOURCE_DIR} ${source})
  get_filename_component(folder ${page} DIRECTORY)
  add_custom_command(OUTPUT ${made}/pages/${page}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${made}/pages/${folder}
    COMMAND sh -c [[exec sed -E -f "$0" "$1" >"$2"]] ${installed_page} ${source}
      ${made}/pages/${page}
    DEPENDS ${source} ${installed_page} VERBATIM)
  list(APPEND made_guides ${made}/pages/${page})
  install(FILES ${made}/pages/${page} DESTINATION ${doc}/${folder})
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${doc})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/images DESTINATION ${doc}/docs)

# Examples are the files that guides tell to write, which are run by the tests.
set(write_examples ${PROJECT_SOURCE_DIR}/cmake/examples.sh)
foreach(page ${guides})
  file(STRINGS ${page} told REGEX "<!-- (file|cron): ")
  if(NOT told)
    continue()
  endif()
  get_filename_component(guide ${page} NAME_WLE)
  set(stamp ${made}/examples.${guide})
  add_custom_command(OUTPUT ${stamp}
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${made}/examples/${guide}
    COMMAND sh ${write_examples} ${page} ${made}/examples/${guide}
    COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
    DEPENDS ${page} ${write_examples} VERBATIM)
  list(APPEND made_examples ${stamp})
endforeach()
install(DIRECTORY ${made}/examples DESTINATION ${doc} USE_SOURCE_PERMISSIONS)
add_custom_target(guides ALL DEPENDS ${made_guides} ${made_examples})
