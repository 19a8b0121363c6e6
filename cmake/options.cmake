# Compiler options that hold for every target.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
add_library(dane_options INTERFACE)
target_include_directories(dane_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(dane_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Werror
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # false alarms on std::string in GCC 12 (PR 105651)
  -fstack-protector-strong -ffunction-sections -fdata-sections)
target_compile_definitions(dane_options INTERFACE
  DANE_VERSION="${PROJECT_VERSION}" $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
target_link_options(dane_options INTERFACE
  $<$<BOOL:${DANE_STATIC}>:-static-libstdc++;-static-libgcc> -Wl,--gc-sections -Wl,-z,relro -Wl,-z,now)
if(DANE_SANITIZE)
  target_compile_options(dane_options INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(dane_options INTERFACE -fsanitize=address,undefined)
endif()
if(DANE_COVERAGE)
  target_compile_options(dane_options INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(dane_options INTERFACE --coverage)
endif()
