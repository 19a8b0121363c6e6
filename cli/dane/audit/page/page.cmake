# Puts the page of dane audit together: page.html with its style and its scripts inside, as a
# text of C++. A script may use what stands in those before it.
set(page ${CMAKE_CURRENT_LIST_DIR})
set(page_scripts text.js verdict.js finding.js domain.js proof.js evidence.js summary.js table.js
  start.js)
set(DANE_PAGE_SCRIPT "\"use strict\";\n")
foreach(script ${page_scripts})
  file(READ ${page}/${script} text)
  string(APPEND DANE_PAGE_SCRIPT "${text}")
endforeach()
file(READ ${page}/page.css DANE_PAGE_STYLE)
file(READ ${page}/page.html text)
string(CONFIGURE "${text}" DANE_AUDIT_PAGE @ONLY)
configure_file(${page}/page.h.in ${CMAKE_BINARY_DIR}/generated/audit_page.h @ONLY)
list(TRANSFORM page_scripts PREPEND ${page}/)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${page}/page.html
  ${page}/page.css ${page_scripts})
