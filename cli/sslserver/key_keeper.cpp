#include "cli/sslserver/key_keeper.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "cli/key_password.h"
#include "cli/sslserver/talk.h"
#include "src/io/close_others.h"
#include "src/io/core_dumps.h"
#include "src/io/forbid_connections.h"
#include "src/io/landlock.h"
#include "src/io/pipe.h"
#include "src/keeper/keeper.h"
#include "src/server/rights.h"

namespace cli::sslserver {
namespace {

constexpr std::string_view kReady = "ready";
constexpr std::string_view kFailed = "failed";
constexpr std::chrono::milliseconds kBetweenTries{250};
constexpr std::chrono::seconds kLongest{30};  // for files that hang
constexpr std::size_t kMostOctets = std::size_t{512} * 1024 * 1024;

base::Result<KeyBook> read_patiently(const std::vector<SiteSettings>& settings,
                                     const std::string& password,
                                     std::chrono::seconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    auto book = read_keys(settings, password);
    if (book || std::chrono::steady_clock::now() >= until) return book;
    std::this_thread::sleep_for(kBetweenTries);
  }
}

/// Nothing but the keys is left to it: no file, no other process, no right of root's.
bool give_up_rights() {
  if (!server::give_up_root({})) return false;
  io::FileRights none;
  none.reading = io::FilesRead::nothing;
  io::confine(none);
  io::forbid_connections();
  return true;
}

/// The keeper's whole life. What ends the listener does not end it: connections that
/// began may still need a signature.
[[noreturn]] void live(const std::vector<SiteSettings>& settings,
                       const KeyPassword& password_file, std::chrono::seconds patience,
                       io::Descriptor control, io::Descriptor report) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  prctl(PR_SET_NAME, "sslserver-keys");
  io::forbid_core_dumps();
  const std::string password = password_file.read();
  io::close_others({STDERR_FILENO, control.get(), report.get()});
  auto book = read_patiently(settings, password, patience);
  if (!book) {
    send_words(report.get(), {std::string(kFailed), book.error().detail});
    std::_Exit(1);
  }
  Words words = to_words(book->sites);
  words.insert(words.begin(), std::string(kReady));
  // Becoming somebody else lets the kernel forget what was forbidden.
  const bool humble = give_up_rights();
  io::forbid_core_dumps();
  if (!humble) {
    send_words(report.get(),
               {std::string(kFailed), "the keeper cannot give up its rights"});
    std::_Exit(1);
  }
  if (!send_words(report.get(), words)) std::_Exit(1);
  report.reset();
  keeper::keep(std::move(control), std::move(book->keys));
  std::_Exit(0);
}

}  // namespace

base::Result<KeyPassword> KeyPassword::from_descriptor_3() {
  auto text = read_key_password(KeyPasswordSource::descriptor_3, "");
  if (!text) return tl::unexpected(text.error());
  KeyPassword out;
  out.file_ = io::Descriptor(memfd_create("password", MFD_CLOEXEC));
  const bool kept = out.file_ && ::write(out.file_.get(), text->data(), text->size()) ==
                                     static_cast<ssize_t>(text->size());
  explicit_bzero(text->data(), text->size());
  if (kept) return out;
  return base::fail(base::ErrorKind::internal, base::Code::local,
                    "unable to keep the key's password");
}

std::string KeyPassword::read() const {
  std::string out;
  std::array<char, 512> part{};
  while (file_) {
    const ssize_t n =
        pread(file_.get(), part.data(), part.size(), static_cast<off_t>(out.size()));
    if (n <= 0) break;
    out.append(part.data(), static_cast<std::size_t>(n));
  }
  return out;
}

base::Result<NewKeeper> NewKeeper::start(std::vector<SiteSettings> settings,
                                         const KeyPassword& password,
                                         std::chrono::seconds patience) {
  auto control = io::make_socket_pair(SOCK_SEQPACKET);
  if (!control) return tl::unexpected(control.error());
  auto report = make_talk();
  if (!report) return tl::unexpected(report.error());
  const pid_t pid = fork();
  if (pid < 0) {
    return base::fail(base::ErrorKind::internal, base::Code::local,
                      "unable to fork: " + base::system_message(errno));
  }
  if (pid == 0) {
    live(settings, password, patience, std::move(control->second),
         std::move(report->second));
  }
  NewKeeper out;
  out.control_ = std::move(control->first);
  out.report_ =
      ChildReport(pid, std::move(report->first), kMostOctets, patience + kLongest);
  out.settings_ = std::move(settings);
  return out;
}

base::Result<KeyKeeper> NewKeeper::finish(ClientDemand demand) && {
  const auto& words = report_.words();
  if (!words || words->empty() || words->front() != kReady) {
    return base::fail(
        base::ErrorKind::usage, base::Code::bad_certificate_file,
        words && words->size() > 1 ? (*words)[1] : "the keeper of the keys has ended");
  }
  KeyKeeper out;
  out.pid = report_.pid();
  out.control = std::move(control_);
  out.asking = std::make_unique<keeper::Asking>();
  const auto chains = chains_from({words->begin() + 1, words->end()});
  out.names = served_names(chains);
  auto sites = Sites::make(settings_, chains, *out.asking, demand);
  if (!sites) return tl::unexpected(sites.error());
  out.sites = std::move(*sites);
  return out;
}

}  // namespace cli::sslserver
