#pragma once

#include <functional>
#include <string>

namespace cli {

/// What every program does first and last. Descriptors 0 to 2 that are closed get
/// /dev/null, so that nothing else is ever taken for them; SIGPIPE is ignored, children
/// can be waited for; what no code catches (memory that is not there), also inside the
/// callbacks of libraries, is one line on standard error and `failed`. Ends the process:
/// all is sent and told, and taking the libraries down would only cost time.
[[noreturn]] void run_program(const char* name, const std::function<int()>& body,
                              int failed = 111);

/// From now on a reader of standard output that has gone, as `head` does when it has
/// enough, ends this program by SIGPIPE and without a word, as people expect of filters.
void end_by_sigpipe();
/// Ends it so, if that was wanted and `error` (an errno) says that the reader has gone.
void end_if_reader_is_gone(int error);

/// One line on standard error about what the program fails of. Returns `status`, or what
/// the last word has for it.
[[nodiscard]] int tell_failure(const std::string& why, int status);

/// Something more to be said where the program fails, and the exit status then.
using LastWord = int (*)(const std::string& why);
void set_last_word(LastWord word);

}  // namespace cli
