# Compiler options that hold for every target.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

# Asked for, not inherited: a compiler's default is a distribution's choice.
include(CheckPIESupported)
check_pie_supported()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(DANE_SANITIZE)
  # UBSan describes each of its checks by an object with pointers in it, two million of them
  # in one program: at a fixed address they need no relocation, which is most of a start.
  set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
  add_compile_options(-fno-pie)
  add_link_options(-no-pie)
endif()
add_library(dane_options INTERFACE)
target_include_directories(dane_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(dane_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor
  $<$<BOOL:${DANE_WERROR}>:-Werror>  # not for users: each new compiler has new false alarms
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # false alarms on std::string in GCC 12 (PR 105651)
  -fstack-protector-strong -ffunction-sections -fdata-sections)
target_compile_definitions(dane_options INTERFACE
  $<$<CONFIG:Release>:_GLIBCXX_ASSERTIONS>)
target_compile_options(dane_options INTERFACE
  "$<$<CONFIG:Release>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=3>")
# Those of one processor or compiler alone.
include(CheckCXXCompilerFlag)
foreach(flag -fstack-clash-protection -fcf-protection=full -mbranch-protection=standard)
  string(MAKE_C_IDENTIFIER "DANE_HAS${flag}" known)
  check_cxx_compiler_flag(${flag} ${known})
  if(${known})
    target_compile_options(dane_options INTERFACE ${flag})
  endif()
endforeach()
target_link_options(dane_options INTERFACE
  $<$<BOOL:${DANE_STATIC_LINK}>:-static-libstdc++;-static-libgcc> -Wl,--gc-sections -Wl,-z,relro -Wl,-z,now)
if(DANE_SANITIZE)
  target_compile_options(dane_options INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(dane_options INTERFACE -fsanitize=address,undefined)
endif()
if(DANE_COVERAGE)
  target_compile_options(dane_options INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(dane_options INTERFACE --coverage)
endif()
