// qmail-remote: outbound mail with DANE, called by qmail-rspawn; see qmail-remote(8).

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "cli/settings.h"
#include "cli/start.h"
#include "cli/version.h"
#include "src/io/core_dumps.h"
#include "src/io/work_limit.h"
#include "src/io/write_all.h"
#include "src/qmail/arguments.h"
#include "src/qmail/remote.h"

namespace {

constexpr const char* kHome = "/var/qmail";

constexpr const char* kHelp =
    "usage: qmail-remote HOST SENDER RECIPIENT... <MESSAGE >REPORT\n"
    "\n"
    "Delivers the message by SMTP to the mail hosts of HOST, of which those with TLSA\n"
    "records in DNSSEC must prove themselves by them. qmail-rspawn calls it, and reads\n"
    "its report: a string for each recipient and one for the message, a NUL behind\n"
    "each. See qmail-remote(8).\n"
    "\n"
    "      --help     print this\n"
    "      --version  print the version\n"
    "\n"
    "Exit: 0, whatever became of the mail; 111 if the program could not run at all.\n";

/// rspawn reads standard error together with the report: nothing may be said there.
bool silence_standard_error() {
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  return null >= 0 && dup2(null, STDERR_FILENO) >= 0;
}

void write_report(const qmail::Report& report) {
  (void)io::write_all(STDOUT_FILENO, qmail::to_octets(report));  // rspawn is gone
}

void run(int argc, char** argv) {
  using qmail::MessageState;
  const std::string_view only = argc == 2 ? argv[1] : "";  // never by rspawn
  if (only == "--help" || only == "--version") {
    std::fputs(only == "--help" ? kHelp : cli::version_text("qmail-remote").c_str(),
               stdout);
    return;
  }
  if (argc < 4) {
    write_report(qmail::report_of(MessageState::permanent,
                                  "I (qmail-remote) was invoked improperly. (#5.3.5)\n"));
    return;
  }
  const std::vector<std::string> recipients(argv + 3, argv + argc);
  if (qmail::are_of_another_qmail(recipients)) {
    write_report(qmail::report_of(
        MessageState::temporary,
        "I (qmail-remote) was called with words that are no recipients, as indimail does "
        "it.\nThis program is for qmail, notqmail and s/qmail; nothing was sent. "
        "(#4.3.5)\n"));
    return;
  }
  const std::string home = cli::environment_value("QMAILHOME").value_or(kHome);
  if (chdir(home.c_str()) != 0) {
    write_report(qmail::report_of(MessageState::temporary,
                                  "Unable to switch to home directory. (#4.3.0)\n"));
    return;
  }
  constexpr std::chrono::seconds kMostWork{
      10};  // an honest host is proved in milliseconds
  io::limit_work(kMostWork, {STDOUT_FILENO,
                             qmail::to_octets(qmail::report_of(
                                 MessageState::temporary,
                                 "Given up: to prove a host takes more work than any "
                                 "honest one. (#4.7.5)\n")),
                             0});
  io::lift_work_limit();  // a delivery begins to count where it looks for hosts
  const std::string here = std::filesystem::current_path();
  qmail::deliver(here, {argv[1], argv[2], recipients, STDIN_FILENO}, cli::maker(),
                 write_report);
}

}  // namespace

int main(int argc, char** argv) {
  // What goes wrong on the way out of here is exit status 111, which rspawn takes for a
  // temporary failure whatever was written.
  cli::run_program("qmail-remote", [&] {
    if (!silence_standard_error()) return 111;
    io::forbid_core_dumps();        // control/clientcert.pem has a key in it
    std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is a full disk
    run(argc, argv);
    return 0;
  });
}
