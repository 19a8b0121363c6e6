// dane connect: a plain pipe to a peer that is proved.
//
// Standard input and output are other people's descriptors: a terminal that the shell
// goes on using, a pipe with another process at the same end. Making them non-blocking
// would make them so for everybody. So two threads copy between them and pipes of our
// own, and the relay, which never blocks, has the pipes. Not one octet of standard input
// is read before the peer is proved.
//
// An input that cannot be read to its end must not look like one that has ended: the
// process goes without close_notify then, and the peer knows that something is missing
// (RFC 8446 6.1).

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>

#include "cli/dane/check_job.h"
#include "cli/dane/check_result.h"
#include "cli/dane/connect_words.h"
#include "cli/dane/resolving.h"
#include "cli/json_target.h"
#include "cli/start.h"
#include "cli/version.h"
#include "cli/waiting.h"
#include "src/base/bytes.h"
#include "src/client/live_contact.h"
#include "src/io/copy.h"
#include "src/io/pipe.h"
#include "src/io/run_task.h"
#include "src/io/work_limit.h"
#include "src/relay/relay.h"
#include "src/witness/connect_evidence.h"

namespace cli::dane {
namespace {

constexpr std::string_view kUsage = "usage: dane connect [OPTIONS] HOST [PORT]";
constexpr int kUndecided = static_cast<int>(Outcome::undecided);

/// From HOST to a proved peer. Evidence is null where none is asked for; an error is one
/// of writing it.
io::Task<base::Result<client::Reached>> reach(io::Loop& loop,
                                              resolver::Resolver& resolver,
                                              const CheckJob& job, WaitingLine& waiting,
                                              witness::ConnectEvidence* evidence) {
  waiting.at(job.word + ": looking up its addresses");
  const client::Wanted wanted = wanted_of(job);
  const client::Options options = flow_options(job, waiting);
  if (evidence != nullptr) co_return co_await evidence->reach(wanted, options);
  client::LiveContact contact(loop);
  co_return co_await client::reach_target(resolver, contact, wanted, options);
}

/// Who is told what.
struct Speech {
  bool is_quiet = false;
  std::optional<JsonTarget> json;
};

base::Result<Speech> speech_of(const Arguments& arguments) {
  Speech out;
  out.is_quiet = arguments.has("quiet");
  const auto word = arguments.value("json");
  if (!word) return out;
  auto target = json_target(word->empty() ? std::to_string(STDERR_FILENO) : *word);
  if (!target) return tl::unexpected(target.error());
  if (auto open = expect_open(*target); !open) return tl::unexpected(open.error());
  out.json = std::move(*target);
  // Standard error that nobody named is for the JSON, and for nothing else.
  if (word->empty()) out.is_quiet = true;
  return out;
}

void say(const Speech& speech, const std::string& line) {
  if (speech.is_quiet) return;
  std::fprintf(stderr, "%s\n", base::printable(line, base::kMessage).c_str());
}

Outcome fail(const Speech& speech, const std::string& why, Outcome outcome) {
  if (!speech.is_quiet) (void)tell_failure(why, static_cast<int>(outcome));
  return outcome;
}

/// Ends the process at once, from whatever thread, without a word to the peer.
[[noreturn]] void give_up(const Speech& speech, const std::string& why) {
  std::_Exit(static_cast<int>(fail(speech, why, Outcome::undecided)));
}

/// Standard input becomes what the relay reads.
void feed(const io::Descriptor& relay, const Speech& speech) {
  const io::CopyEnd end = io::copy_all(STDIN_FILENO, relay.get());
  if (end.read_error == 0) return;
  give_up(speech,
          "unable to read standard input: " + base::system_message(end.read_error));
}

/// What the relay writes becomes standard output.
void drain(const io::Descriptor& relay, const Speech& speech) {
  const io::CopyEnd end = io::copy_all(relay.get(), STDOUT_FILENO);
  if (end.write_error == 0) return;
  end_if_reader_is_gone(end.write_error);
  give_up(speech,
          "unable to write standard output: " + base::system_message(end.write_error));
}

relay::Options relay_options(const Arguments& arguments) {
  relay::Options out;
  out.idle = std::chrono::years(1);  // a pipe may be silent
  out.grace = std::chrono::milliseconds(0);
  out.after_peer_close = relay::AfterPeerClose::hang_up;
  if (arguments.has("allow-truncation")) out.truncation = relay::Truncation::tolerate;
  return out;
}

/// Moves data until the peer has ended, and all of it has been written.
base::Result<relay::Ending> relay_to_its_end(client::Connection connection,
                                             const relay::Options& options,
                                             const Speech& speech) {
  auto input = io::make_pipe();
  if (!input) return tl::unexpected(input.error());
  auto output = io::make_pipe();
  if (!output) return tl::unexpected(output.error());
  const io::Descriptor unread(fcntl(input->first.get(), F_DUPFD_CLOEXEC, 0));
  std::thread([to = std::move(input->second), speech] { feed(to, speech); }).detach();
  std::thread writer([from = std::move(output->first), &speech] { drain(from, speech); });
  auto session = connection.channel->release_session();
  auto ending = relay::run(*session,
                           {connection.channel->release_socket(),
                            std::move(output->second), std::move(input->first)},
                           options);
  writer.join();
  int octets = 0;
  if (ending.failure || ioctl(unread.get(), FIONREAD, &octets) != 0 || octets == 0) {
    return ending;
  }
  ending.failure = base::Error{base::ErrorKind::temporary, base::Code::closed,
                               "it ended before all of standard input was sent"};
  return ending;
}

/// What is said by a process that has no time left to say it: JSON where standard error
/// is for that.
std::string words_when_given_up(const CheckJob& job, const Speech& speech) {
  const std::string why =
      "given up: proving the server takes more work than any honest one";
  if (speech.json && speech.json->descriptor == STDERR_FILENO) {
    client::Report report = client::empty_report(wanted_of(job));
    report.error = base::Error{base::ErrorKind::temporary, base::Code::too_much, why};
    return client::to_json(report) + "\n";
  }
  return speech.is_quiet ? "" : "dane: fatal: " + why + "\n";
}

/// An honest peer is proved in milliseconds.
void limit_work(const CheckJob& job, const Speech& speech) {
  constexpr std::chrono::seconds kMostWork{10};
  io::limit_work(kMostWork,
                 {STDERR_FILENO, words_when_given_up(job, speech), kUndecided});
}

/// Null where none is asked for. The resolver must outlive it.
base::Result<std::unique_ptr<witness::ConnectEvidence>> evidence_of(
    const Arguments& arguments, const resolver::Config& config, io::Loop& loop,
    resolver::Resolver& resolver) {
  const auto path = arguments.value("evidence");
  if (!path) return nullptr;
  return witness::ConnectEvidence::open({*path, maker()}, loop, resolver, config);
}

base::Result<Outcome> connect(const Arguments& arguments) {
  const auto job = check_job(arguments, kUsage);
  if (!job) return tl::unexpected(job.error());
  const auto speech = speech_of(arguments);
  if (!speech) return tl::unexpected(speech.error());
  const auto config = resolver_of(arguments);
  if (!config) return tl::unexpected(config.error());
  io::Descriptor json;
  if (speech->json) {
    auto opened = open_json(*speech->json);
    if (!opened) return tl::unexpected(opened.error());
    json = std::move(*opened);
  }
  limit_work(*job, *speech);
  io::Loop loop(1);
  auto resolver = resolver::Resolver::create(loop, *config);
  if (!resolver) return tl::unexpected(resolver.error());
  auto evidence = evidence_of(arguments, *config, loop, **resolver);
  if (!evidence) return tl::unexpected(evidence.error());
  WaitingLine waiting(loop, !speech->is_quiet);
  auto reached =
      io::run_task(loop, reach(loop, **resolver, *job, waiting, evidence->get()));
  waiting.clear();
  evidence->reset();
  resolver->reset();
  if (!reached) return tl::unexpected(reached.error());
  const client::Report& report = reached->report;
  if (json) {
    if (!speech->json->file.empty()) empty_json(json.get());
    const auto written = write_json(json.get(), client::to_json(report));
    if (!written) return tl::unexpected(written.error());
  }
  json.reset();
  if (report.error) {
    return fail(*speech, refusal_line(report), outcome_of(report.error));
  }
  say(*speech, verdict_line(report));
  io::lift_work_limit();
  const auto ending =
      relay_to_its_end(std::move(reached->connection), relay_options(arguments), *speech);
  if (!ending) return tl::unexpected(ending.error());
  if (!ending->failure) return Outcome::fine;
  return fail(*speech,
              peer_words(report) + ": " + ending->failure->detail + " (" +
                  std::string(base::to_text(ending->failure->code)) + ")",
              Outcome::undecided);
}

constexpr std::string_view kAbout =
    R"(A plain pipe, as nc is, to a server that is verified first: standard input goes
to it, and what it sends to standard output. Nothing is read or sent before the
server proves to be who the DNS says; one line on standard error says by what it
did. HOST and PORT are as those of dane check, and PORT implies its --starttls.
The end of standard input is told to the server, and its answer is read on.
)";

constexpr std::string_view kEnding =
    R"(Exit: 0 the server ended well, 1 not verified, 2 bad input, 3 no way there now,
or the connection broke, or ended before all of standard input was sent.
)";

}  // namespace

const Command kConnect = {
    .name = "connect",
    .summary = "a plain pipe to a server that is verified first",
    .usage = kUsage,
    .about = kAbout,
    .ending = kEnding,
    .options =
        [] {
          return with_resolver_options(with_job_options(
              {{.name = "allow-truncation",
                .help = "an end without close_notify is no error"},
               {.name = "quiet", .letter = 'q', .help = "say nothing"},
               {.name = "evidence",
                .value = {"PATH", WordKind::file},
                .help = "what the verdict was made of, for dane replay"},
               json_option(
                   "the verdict as one JSON object: on standard error, which then has "
                   "nothing else, or in FILE or on descriptor FD")}));
        },
    .words = {{"HOST", WordKind::host}, {"PORT", WordKind::service}},
    .run = connect,
    .json = JsonOpener::command};

}  // namespace cli::dane
