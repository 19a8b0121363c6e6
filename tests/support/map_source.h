// A world of the DNS in some lines, for tests that decide by what it says.
//
//   support::DnsWorld world(R"(
//     example.org            MX     10 mail.example.org
//     mail.example.org       A      192.0.2.1
//     mail.example.org       AAAA   servfail
//     _25._tcp.mail.example.org TLSA 3 1 1 AB*32
//     www.example.org        CNAME  mail.example.net   insecure
//   )");
//   const auto host = world.run(find_host(world.resolver, name("mail.example.org"), …));
//   EXPECT_THAT(world.source.asked(), ElementsAre("A mail.example.org", …));
//
// A line is an owner, a type and one record. What is not there is denied: NXDOMAIN where
// no line has the name or one below it, else no data.
//
// Behind a record, or in place of one: the state of that RRset (`insecure`, `bogus`;
// without a word it is secure), `ttl=60`, `until=1800000000` (when its signature ends),
// `signer=example.org`, `rcode=3` (of the whole answer).
// In place of a record: `servfail`, `refused`, `timeout`, `nxdomain`, `nodata`; or
// `malformed`, an answer that cannot be read.
//
// A DNAME stands beside the CNAMEs below its owner, which have lines of their own.
//
// `*` as type stands for all types of a name. A type with `?` (`CNAME?`) is what a
// question for just that type gets, while an alias that stands there is still followed
// for others. `zone example.org insecure` gives all names below a state, denials too;
// `zone example.org signed` signs all RRsets with signatures of that zone. Lines that
// begin with # are comments.
//
// An answer is a packet of real octets: aliases in it are followed by the code under
// test, and the state of the whole is the worst of its hops.
#pragma once

#include <asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "resolver/resolver.h"
#include "src/io/run_task.h"
#include "tests/support/names.h"

namespace support {

/// Answers from the lines of a test. Throws std::invalid_argument for a line that it does
/// not understand.
class MapSource final : public resolver::Source {
 public:
  explicit MapSource(std::string_view lines);
  ~MapSource() override;

  /// More lines; they take the place of RRsets that are there.
  void add(std::string_view lines);

  [[nodiscard]] io::Task<base::Result<resolver::RawAnswer>> ask(
      dns::Name name, resolver::Type type) override;
  /// Good, unless `fail_check` was called.
  [[nodiscard]] io::Task<base::Result<void>> check() override;
  void fail_check(base::Error error) { check_ = tl::unexpected(std::move(error)); }

  /// The questions so far, in their order: `TLSA _25._tcp.mail.example.org`.
  [[nodiscard]] const std::vector<std::string>& asked() const { return asked_; }
  /// How often one of them was asked.
  [[nodiscard]] std::size_t times_asked(std::string_view question) const;
  /// How often somebody wanted to know whether there is validation at all.
  [[nodiscard]] int checks() const { return checks_; }

  /// Keeps the answers to a question back until `release`.
  void hold(std::string_view question);
  void release(std::string_view question);
  /// The questions whose answers are kept back now, sorted.
  [[nodiscard]] std::vector<std::string> waiting() const;

 private:
  struct Rrset;
  struct Held;
  struct Zone;
  class Writer;

  void add_line(std::string_view line);
  [[nodiscard]] const Rrset* find(const std::string& name, const std::string& type) const;
  [[nodiscard]] bool has_name(const std::string& name) const;
  [[nodiscard]] const Zone* zone_of(const std::string& name) const;
  [[nodiscard]] base::Result<resolver::RawAnswer> answer(const std::string& name,
                                                         resolver::Type type) const;

  std::map<std::pair<std::string, std::string>, Rrset> rrsets_;
  std::map<std::string, Zone> zones_;
  std::vector<std::string> asked_;
  std::map<std::string, std::vector<std::shared_ptr<Held>>> waiting_;
  std::set<std::string, std::less<>> held_;
  base::Result<void> check_;
  int checks_ = 0;
};

/// A map, a resolver over it and a loop to run them on.
struct DnsWorld {
  explicit DnsWorld(std::string_view lines) : DnsWorld(new MapSource(lines)) {}

  /// Runs a conversation to its end.
  template <typename T>
  [[nodiscard]] T run(io::Task<T> task) {
    return io::run_task(loop, std::move(task));
  }

  io::Loop loop{1};
  MapSource& source;
  resolver::Resolver resolver;

 private:
  explicit DnsWorld(MapSource* map)
      : source(*map), resolver(std::unique_ptr<resolver::Source>(map)) {}
};

}  // namespace support
