// Writes the seeds of the fuzz targets: make_corpus tests/fuzz/corpus
#include <fcntl.h>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "src/tls/transcript.h"
#include "tests/evidence/signed_world.h"
#include "tests/support/peers.h"
#include "tests/support/tls_client.h"
#include "tests/support/tls_server.h"
#include "verify/der.h"
#include "verify/oids.h"

namespace {

using base::Bytes;
using support::make;

std::filesystem::path root;

void write(const std::string& target, const std::string& name, const Bytes& octets) {
  std::filesystem::create_directories(root / target);
  std::ofstream file(root / target / name, std::ios::binary);
  file << base::as_text(octets);
}

Bytes bytes(std::string_view text) {
  const auto view = base::as_bytes(text);
  return {view.begin(), view.end()};
}

Bytes chunk(const Bytes& octets) {
  Bytes out = {static_cast<std::byte>(octets.size() >> 8U),
               static_cast<std::byte>(octets.size() & 0xffU)};
  out.insert(out.end(), octets.begin(), octets.end());
  return out;
}

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Bytes rdata(const dns::Tlsa& record) {
  const Bytes numbers = {std::byte{dns::number(record.usage)},
                         std::byte{dns::number(record.selector)},
                         std::byte{dns::number(record.matching)}};
  return numbers + record.data;
}

void write_chains() {
  const support::GoodChain good;
  const auto all = chunk(good.leaf) + chunk(good.middle) + chunk(good.root);
  write("chain_fuzz", "three", all);
  write("chain_fuzz", "shuffled",
        chunk(good.leaf) + chunk(good.root) + chunk(good.middle));
  auto own = support::leaf("own", {"mail.example.org"});
  own.subject = "own";
  write("chain_fuzz", "self-signed", chunk(make(own)));
  auto constrained = support::ca("CA");
  constrained.permitted_dns = {"example.org"};
  constrained.path_length = 0;
  write(
      "chain_fuzz", "constrained",
      chunk(make(support::leaf("CA", {"mail.example.org"}))) + chunk(make(constrained)));
  for (const int usage : {2, 3}) {
    const auto record =
        support::record(usage, 1, 1, usage == 3 ? good.leaf : good.middle);
    const Bytes options = {std::byte{1}, std::byte{0}, std::byte{0},
                           std::byte{0}, std::byte{0}, std::byte{1}};
    write("check_fuzz", "usage" + std::to_string(usage),
          chunk(options) + chunk(rdata(record)) + all);
  }
  write("der_fuzz", "leaf", good.leaf);
  write("der_fuzz", "ca", make(constrained));
}

void write_records() {
  const support::GoodChain good;
  for (int usage = 0; usage <= 3; ++usage) {
    for (int matching = 0; matching <= 2; ++matching) {
      const auto record = support::record(usage, 1, matching, good.leaf);
      write("tlsa_fuzz", std::to_string(usage) + "-1-" + std::to_string(matching),
            chunk(rdata(record)) + good.leaf);
    }
  }
  write("tlsa_fuzz", "text", chunk(bytes("3 1 1 00ff")));
}

void write_names() {
  using namespace verify;
  const auto text = [](std::uint8_t tag, std::string_view value) {
    return der::encode(tag, {base::as_bytes(value)});
  };
  const auto service = der::encode(
      der::constructed(0),
      {der::encode(der::kOid, {oid::kSrvName}),
       der::encode(der::constructed(0), {text(der::kIa5String, "_smtp.example.org")})});
  const auto address = der::encode(der::context(7), {oid::make(192, 0, 2, 1)});
  const auto dns = text(der::context(2), "mail.example.org");
  write("presented_names_fuzz", "all",
        der::encode(der::kSequence, {dns, service, address}));
  write("presented_names_fuzz", "wildcard",
        der::encode(der::kSequence, {text(der::context(2), "*.example.org")}));
  for (const auto* name :
       {"mail.example.org", "xn--bcher-kva.example",
        "b\xc3\xbc"
        "cher.example",
        "_25._tcp.mx.example.org.", "192.0.2.1", "[2001:db8::1]", "3 1 1 00ff", "a..b"}) {
    static int number = 0;
    write("name_fuzz", std::to_string(++number), bytes(name));
  }
}

/// The messages of a handshake with a server of `priorities`, up to its signature.
Bytes handshake(const std::string& priorities, const support::Key& key) {
  auto leaf = support::leaf("CA", {"mail.example.org"});
  leaf.key = key;
  support::ServerRecipe recipe;
  recipe.priorities = priorities;
  recipe.chain = {make(leaf)};
  recipe.key = key;
  recipe.client = support::ClientCertificate::asked;
  support::TlsServer server(recipe);
  {
    const auto socket = server.take_client();
    fcntl(socket.get(), F_SETFL, 0);
    support::ClientRecipe client;
    client.priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
    client.server_name = "mail.example.org";
    client.flags = GNUTLS_KEY_SHARE_TOP | GNUTLS_NO_TICKETS;
    (void)support::talk_to_server(socket.get(), client);
  }
  tls::Transcript kept;
  for (const auto& [type, body] : server.seen().messages) {
    const bool from_client = type == GNUTLS_HANDSHAKE_CLIENT_HELLO;
    kept.add(from_client ? tls::Sender::client : tls::Sender::server, type, body);
  }
  Bytes out;
  for (const auto& one : kept.messages()) out = out + chunk(one);
  return out;
}

void write_handshakes() {
  const std::string target = "handshake_proof_fuzz", only = "NORMAL:-VERS-ALL:+VERS-TLS";
  const support::Key curve{"leaf"}, rsa{"rsa", support::Key::Kind::rsa2048},
      edwards{"edwards", support::Key::Kind::ed25519};
  write(target, "13", handshake(only + "1.3", curve));
  write(target, "13-rsa", handshake(only + "1.3", rsa));
  write(target, "13-ed25519", handshake(only + "1.3", edwards));
  write(target, "13-retry", handshake(only + "1.3:-GROUP-ALL:+GROUP-SECP384R1", curve));
  write(target, "12", handshake(only + "1.2", curve));
  write(target, "12-dhe", handshake(only + "1.2:-KX-ALL:+DHE-RSA", rsa));
}

/// What a server sends that proves TLSA records, or that there are none (RFC 9102 3).
void write_received_chains() {
  using evidence::test::draft;
  evidence::test::World world;
  const auto& key = world.add_zone("example.");
  const Bytes lifetime(2);
  Bytes above;
  for (const Bytes& set : world.sets) above = above + set;
  const auto send = [&](const std::string& name,
                        const std::vector<evidence::test::Draft>& sets) {
    Bytes out = lifetime + above;
    for (const auto& set : sets) out = out + set.wire();
    write("received_chain_fuzz", name, out);
  };
  const std::string owner = "_443._tcp.www.example.";
  const std::string record = "3 1 1 " + std::string(64, 'a');
  send("record", {key.sign(draft(owner, "TLSA", {record}))});
  send("alias", {key.sign(draft(owner, "CNAME", {"tlsa.example."})),
                 key.sign(draft("tlsa.example.", "TLSA", {record}))});
  send("wildcard",
       {key.sign(draft("*.www.example.", "TLSA", {record})).at(owner),
        evidence::test::nsec(key, "www.example.", "x.example.", "A RRSIG NSEC")});
  send("denial",
       {evidence::test::nsec(key, "www.example.", "x.example.", "A RRSIG NSEC")});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: make_corpus DIRECTORY\n";
    return 100;
  }
  root = argv[1];
  write_chains();
  write_records();
  write_names();
  write_handshakes();
  write_received_chains();
  return 0;
}
