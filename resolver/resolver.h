#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "resolver/config.h"
#include "resolver/decode.h"
#include "resolver/record.h"
#include "resolver/source.h"
#include "src/io/loop.h"

namespace resolver {

/// Asks the DNS, whatever its Source is. Names are absolute (no search list); each
/// question has the deadline of the source. Answers are secure or insecure, never bogus:
/// whatever is not trustworthy is an Error of kind `temporary` whose code says why:
/// `bogus`, `servfail`, `dns_refused`, `timeout`, `rcode`, `malformed`, `alias_loop`, and
/// whose detail names the question (RFC 7672 2.1.1).
class Resolver {
 public:
  /// Over any source of answers.
  explicit Resolver(std::unique_ptr<Source> source) : source_(std::move(source)) {}

  /// Over a validating libunbound on the caller's loop, or over a Stub where the
  /// configuration says so. Errors: see `UnboundSource::create` and `Stub::create`. The
  /// loop must outlive the resolver.
  [[nodiscard]] static base::Result<std::unique_ptr<Resolver>> create(io::Loop& loop,
                                                                      Config config);

  /// Whether answers can be had and validated at all. Errors: code `not_validating`, and
  /// those above.
  [[nodiscard]] io::Task<base::Result<void>> check() { return source_->check(); }

  /// Who is asked, and what may help, for whoever sees look-ups fail.
  [[nodiscard]] std::string advice(std::string_view setting) const {
    return source_->advice(setting);
  }

  /// The directories that must stay writable for the source to do its work.
  [[nodiscard]] std::vector<std::string> written_directories() const {
    return source_->written_directories();
  }

  /// Where its answers come from.
  [[nodiscard]] Source& source() { return *source_; }

  /// The records of one type at a name, by way of its aliases:
  /// `look_up<record::Tlsa>(owner)`.
  template <class Record>
  [[nodiscard]] io::Task<base::Result<dns::Answer<typename Record::Value>>> look_up(
      dns::Name name);

  /// The addresses of one family.
  [[nodiscard]] io::Task<base::Result<dns::Answer<net::Address>>> addresses(
      dns::Name name, net::Family family);
  /// The host names of an address.
  [[nodiscard]] io::Task<base::Result<dns::Answer<dns::Name>>> host_names(
      net::Address address);

 private:
  /// An answer of the source that may be believed.
  io::Task<base::Result<RawAnswer>> ask(dns::Name name, Type type);

  std::unique_ptr<Source> source_;
};

template <class Record>
io::Task<base::Result<dns::Answer<typename Record::Value>>> Resolver::look_up(
    dns::Name name) {
  const auto raw = co_await ask(name, Record::type);
  if (!raw) co_return tl::unexpected(raw.error());
  auto answer = decode<Record>(name, *raw);
  if (answer) co_return answer;
  co_return tl::unexpected(
      answer.error().in(std::string(to_text(Record::type)) + " " + name.text()));
}

}  // namespace resolver
