#include "tests/evidence/libunbound_opinion.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unbound.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <thread>

#include "src/evidence/record_reader.h"
#include "src/evidence/signed_set.h"

namespace evidence::test {
namespace {

void must(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

void add_two(base::Bytes& out, std::size_t number) {
  out.push_back(static_cast<std::byte>(number >> 8U & 0xff));
  out.push_back(static_cast<std::byte>(number & 0xff));
}

std::size_t records_in(base::ByteView set) {
  RecordReader reader(set);
  std::size_t out = 0;
  while (!reader.rest().empty() && reader.is_good()) {
    (void)reader.name();
    (void)reader.take(8);
    (void)reader.take(reader.two());
    if (reader.is_good()) ++out;
  }
  return reader.is_good() ? out : 0;
}

/// The sets of an answer section in the order in which a server would write them: along
/// the aliases, of which libunbound drops what comes too early.
std::vector<std::size_t> in_order(const World& world, const Answer& answer) {
  std::vector<std::size_t> left = answer.answer, out;
  std::erase_if(left, [&](std::size_t index) { return index >= world.sets.size(); });
  WireName name = WireName::from(answer.name).value();
  for (bool found = true; found;) {
    found = false;
    for (const std::uint16_t type : {std::uint16_t{39}, std::uint16_t{5}}) {
      const auto next = std::ranges::find_if(left, [&](std::size_t index) {
        const auto set = read_signed_set(world.sets.at(index));
        return set && set->type == type &&
               (type == 39 ? name.is_below(set->owner) : name == set->owner);
      });
      if (next == left.end()) continue;
      const auto set = read_signed_set(world.sets.at(*next)).value();
      out.push_back(*next);
      left.erase(next);
      if (type != 5) continue;
      RecordReader reader(set.records.front());
      name = reader.name();
      found = true;
    }
  }
  out.insert(out.end(), left.begin(), left.end());
  return out;
}

base::Bytes response(const World& world, base::ByteView query) {
  RecordReader reader(query);
  const std::uint16_t id = reader.two();
  (void)reader.take(10);
  const base::ByteView before = reader.rest();
  const WireName name = reader.name();
  const std::uint16_t type = reader.two();
  (void)reader.two();
  const base::ByteView question = before.first(before.size() - reader.rest().size());
  const auto found = std::ranges::find_if(world.answers, [&](const Answer& answer) {
    return answer.type == type && WireName::from(answer.name) == name;
  });
  const bool known = found != world.answers.end() && !found->error;
  std::array<std::size_t, 2> counts{};
  base::Bytes records;
  const auto add = [&](const std::vector<std::size_t>& section, std::size_t& count) {
    for (const std::size_t index : section) {
      if (index >= world.sets.size()) continue;
      const base::Bytes& set = world.sets.at(index);
      count += records_in(set);
      if (records_in(set) != 0) records.insert(records.end(), set.begin(), set.end());
    }
  };
  if (known) {
    add(in_order(world, *found), counts[0]);
    add(found->authority, counts[1]);
  }
  base::Bytes out;
  add_two(out, id);
  add_two(out, 0x8180U | static_cast<unsigned>(known ? found->rcode : 2));
  for (const std::size_t count : {std::size_t{1}, counts[0], counts[1], std::size_t{1}}) {
    add_two(out, count);
  }
  out.insert(out.end(), question.begin(), question.end());
  out.insert(out.end(), records.begin(), records.end());
  const auto opt = base::from_hex("0000291000000080000000").value();
  out.insert(out.end(), opt.begin(), opt.end());
  return out;
}

/// A resolver on the loopback, until it goes.
class Server {
 public:
  explicit Server(const World& world) : socket_(socket(AF_INET, SOCK_DGRAM, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    must(bind(socket_, reinterpret_cast<sockaddr*>(&address_), sizeof(address_)) == 0,
         "bind");
    socklen_t size = sizeof(address_);
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address_), &size);
    thread_ = std::thread([this, &world] { serve(world); });
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    const int own = socket(AF_INET, SOCK_DGRAM, 0);
    sendto(own, "", 1, 0, reinterpret_cast<sockaddr*>(&address_), sizeof(address_));
    thread_.join();
    close(own);
    close(socket_);
  }
  [[nodiscard]] std::string place() const {
    return "127.0.0.1@" + std::to_string(ntohs(address_.sin_port));
  }

 private:
  void serve(const World& world) {
    base::Bytes octets(65'535);
    for (;;) {
      sockaddr_in from{};
      socklen_t size = sizeof(from);
      const auto got = recvfrom(socket_, octets.data(), octets.size(), 0,
                                reinterpret_cast<sockaddr*>(&from), &size);
      if (got <= 1) return;
      const base::Bytes out =
          response(world, base::ByteView(octets).first(static_cast<std::size_t>(got)));
      sendto(socket_, out.data(), out.size(), 0, reinterpret_cast<sockaddr*>(&from),
             size);
    }
  }

  int socket_;
  sockaddr_in address_{};
  std::thread thread_;
};

struct FreeContext {
  void operator()(ub_ctx* context) const { ub_ctx_delete(context); }
};

}  // namespace

dns::Security libunbound_opinion(const World& world, const Answer& question) {
  const Server server(world);
  const std::unique_ptr<ub_ctx, FreeContext> context(ub_ctx_create());
  const auto set = [&](const char* option, const char* value) {
    must(ub_ctx_set_option(context.get(), option, value) == 0, option);
  };
  ub_ctx_debugout(context.get(), nullptr);
  set("do-not-query-localhost:", "no");
  set("do-ip6:", "no");
  set("do-tcp:", "no");
  set("val-override-date:", "20270115080000");
  set("val-nsec3-keysize-iterations:", "1024 150 2048 150 4096 150");
  set("qname-minimisation:", "no");
  set("target-fetch-policy:", "0 0 0 0 0");
  must(ub_ctx_set_fwd(context.get(), server.place().c_str()) == 0, "forwarder");
  for (const RootAnchor& anchor : world.basis.anchors) {
    std::string text = anchor.text;
    text.erase(text.find_last_not_of('\n') + 1);
    must(ub_ctx_add_ta(context.get(), text.c_str()) == 0, "anchor");
  }
  ub_result* result = nullptr;
  const std::string name = question.name.text().empty() ? "." : question.name.text();
  must(ub_resolve(context.get(), name.c_str(), question.type, 1, &result) == 0,
       "resolve");
  dns::Security out = dns::Security::insecure;
  if (result->secure != 0) out = dns::Security::secure;
  if (result->rcode != 0 && result->rcode != 3) out = dns::Security::indeterminate;
  if (result->bogus != 0) out = dns::Security::bogus;
  ub_resolve_free(result);
  return out;
}

}  // namespace evidence::test
