#pragma once

// ldns, without the macros that it leaves behind: `true` and `false` are numbers after it
// in ldns 1.8.4, which the standard library of GCC 14 cannot be read with, and dprintf is
// a function of POSIX.
#include <ldns/ldns.h>

#undef bool
#undef true
#undef false
#undef dprintf
