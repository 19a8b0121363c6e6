// Bundles of the size and shape of real ones, whose records mean nothing.
#pragma once

#include <algorithm>
#include <functional>
#include <random>
#include <set>
#include <string>

#include "src/evidence/bundle.h"

namespace evidence {

/// A small internet: one top-level domain, providers of mail with two hosts each, and
/// domains that have their mail there.
class SomeInternet {
 public:
  enum class Keys { ecdsa, rsa };  // P-256 or RSA of 2048 bits
  enum class Denial { none, nsec3 };

  SomeInternet(Keys keys, Denial denial) : keys_(keys), denial_(denial) {}

  /// The bundle of a domain as it is on a day.
  [[nodiscard]] Bundle bundle(unsigned domain, unsigned day) const {
    const std::string name = "some-domain-" + std::to_string(domain) + ".example";
    const std::string host = "mail.provider-" + std::to_string(domain % kProviders);
    Draft out;
    add_zone(out, "", 0, 900);
    out.add(".", 6, {signed_set("", "", 6, day, {90})});
    add_zone(out, "example", day, 0);
    add_zone(out, name, day, 0);
    out.add(name + ".", 15, {signed_set(name, name, 15, day / 7, {host.size() + 12})});
    if (denial_ == Denial::nsec3) {
      out.add("_25._tcp." + name + ".", 52, {},
              {signed_set(name, name, 6, day / 7, {60}),
               signed_set("0123456789abcdefghijklmnopqrstuv." + name, name, 50, day / 7,
                          {40})});
    }
    const std::string provider = host.substr(host.find('.') + 1) + ".example";
    add_zone(out, provider, day, 0);
    for (const char* which : {"1", "2"}) {
      const std::string mx = host + which + ".example";
      out.add(mx + ".", 1, {signed_set(mx, provider, 1, day / 7, {4})});
      out.add(mx + ".", 28, {signed_set(mx, provider, 28, day / 7, {16})});
      out.add("_25._tcp." + mx + ".", 52,
              {signed_set("_25._tcp." + mx, provider, 52, day / 7, {35, 35})});
    }
    return finish(out, name, host, day);
  }

 private:
  static constexpr unsigned kProviders = 50;

  struct Draft {
    struct Question {
      std::string name;
      int type;
      std::vector<base::Bytes> answer, authority;
    };
    std::vector<Question> questions;
    void add(std::string name, int type, std::vector<base::Bytes> answer,
             std::vector<base::Bytes> authority = {}) {
      questions.push_back(
          {std::move(name), type, std::move(answer), std::move(authority)});
    }
  };

  static void add_random(base::Bytes& out, const std::string& seed, std::size_t size) {
    std::minstd_rand engine(static_cast<unsigned>(std::hash<std::string>{}(seed) | 1));
    for (; size > 0; --size) out.push_back(static_cast<std::byte>(engine() >> 8 & 0xff));
  }

  static void add_name(base::Bytes& out, const std::string& name) {
    for (std::string_view rest = name; !rest.empty();) {
      const std::string_view label = rest.substr(0, rest.find('.'));
      out.push_back(static_cast<std::byte>(label.size()));
      const base::ByteView octets = base::as_bytes(label);
      out.insert(out.end(), octets.begin(), octets.end());
      rest.remove_prefix(std::min(label.size() + 1, rest.size()));
    }
    out.push_back(std::byte{0});
  }

  [[nodiscard]] std::size_t octets_of_signature() const {
    return keys_ == Keys::ecdsa ? 64 : 256;
  }
  [[nodiscard]] std::size_t octets_of_key() const {
    return keys_ == Keys::ecdsa ? 68 : 264;
  }

  /// Records with data of these sizes, and an RRSIG made in that period.
  [[nodiscard]] base::Bytes signed_set(const std::string& owner, const std::string& zone,
                                       int type, unsigned period,
                                       const std::vector<std::size_t>& sizes) const {
    base::Bytes out;
    const std::string seed = owner + std::to_string(type);
    for (const std::size_t size : sizes) {
      add_name(out, owner);
      add_random(out, seed + "head" + std::to_string(size), 10);
      add_random(out, seed + "data" + std::to_string(out.size()), size);
    }
    add_name(out, owner);
    add_random(out, seed + "sig", 28);
    add_name(out, zone);
    add_random(out, seed + std::to_string(period), octets_of_signature());
    return out;
  }

  void add_zone(Draft& out, const std::string& zone, unsigned day,
                std::size_t more) const {
    out.add(
        zone + ".", 48,
        {signed_set(zone, zone, 48, day / 7, {octets_of_key(), octets_of_key() + more})});
    if (zone.empty()) return;
    const std::size_t dot = zone.find('.');
    const std::string parent = dot == std::string::npos ? "" : zone.substr(dot + 1);
    out.add(zone + ".", 43, {signed_set(zone, parent, 43, day / 7, {36})});
  }

  [[nodiscard]] static std::string host_json(const std::string& host, unsigned day) {
    std::string out = "{\"addresses\":[";
    for (const char* address : {"192.0.2.1", "2001:db8::1"}) {
      if (!out.ends_with('[')) out += ',';
      out += "{\"address\":\"" + std::string(address) +
             "\",\"chain\":[{\"issuer\":\"CN=Some Authority R3,O=Some Authority\","
             "\"not_after\":\"2027-01-20T00:00:00Z\",\"spki_sha256\":\"" +
             std::string(64, 'a') + "\",\"subject\":\"CN=" + host +
             "\"}],\"cipher\":\"TLS_AES_256_GCM_SHA384\",\"protocol\":\"TLS1.3\","
             "\"verdict\":\"accepted\"}";
    }
    return out + "],\"day\":" + std::to_string(day) + ",\"name\":\"" + host +
           "\",\"tlsa\":{\"records\":[{\"data\":\"" + std::string(64, 'b') +
           "\",\"matching\":1,\"selector\":1,\"usage\":3}],\"state\":\"present\"}}";
  }

  static Octets32 random_octets(const std::string& seed) {
    base::Bytes octets;
    add_random(octets, seed, 32);
    Octets32 out{};
    std::copy(octets.begin(), octets.end(), out.begin());
    return out;
  }

  /// A handshake of TLS 1.3, of which the certificates come again.
  static Handshake handshake(const std::string& host, const std::string& address,
                             unsigned day) {
    Handshake out;
    out.address = address;
    out.port = 25;
    out.host = host;
    out.how = "usual";
    out.server_name = host;
    out.moment = std::chrono::sys_seconds(std::chrono::seconds(1'800'000'000 + day));
    const std::string seed = host + address + std::to_string(day);
    out.blind = random_octets(seed);
    for (const auto& [type, size] : std::vector<std::pair<int, std::size_t>>{
             {1, 320}, {2, 120}, {8, 10}, {11, 2600}, {15, 80}}) {
      base::Bytes message{static_cast<std::byte>(type)};
      add_random(message, type == 11 ? host : seed + std::to_string(type), size);
      out.messages.push_back(std::move(message));
    }
    return out;
  }

  [[nodiscard]] Bundle finish(const Draft& draft, const std::string& name,
                              const std::string& host, unsigned day) const {
    Bundle out;
    out.maker = "ucspi-dane 1.0.0";
    out.about = "{\"command\":\"audit\",\"domain\":\"" + name + "\"}";
    out.moment = std::chrono::sys_seconds(std::chrono::seconds(1'800'000'000 + day));
    std::set<base::Bytes> sets;
    for (const auto& question : draft.questions) {
      sets.insert(question.answer.begin(), question.answer.end());
      sets.insert(question.authority.begin(), question.authority.end());
    }
    out.dns.sets.assign(sets.begin(), sets.end());
    const auto indices = [&](const std::vector<base::Bytes>& section) {
      std::vector<std::size_t> all;
      for (const base::Bytes& set : section) {
        all.push_back(
            static_cast<std::size_t>(std::distance(sets.begin(), sets.find(set))));
      }
      std::sort(all.begin(), all.end());
      return all;
    };
    for (const auto& question : draft.questions) {
      Answer answer;
      answer.name = *dns::Name::from_dns(question.name);
      answer.type = static_cast<std::uint16_t>(question.type);
      answer.security = dns::Security::secure;
      answer.octets = 300;
      answer.answer = indices(question.answer);
      answer.authority = indices(question.authority);
      out.dns.answers.push_back(std::move(answer));
    }
    std::sort(out.dns.answers.begin(), out.dns.answers.end(),
              [](const Answer& a, const Answer& b) {
                return std::pair(a.name.text(), a.type) <
                       std::pair(b.name.text(), b.type);
              });
    std::string hosts;
    for (const char* which : {"1", "2"}) {
      const std::string mx = host + which + ".example";
      hosts += (hosts.empty() ? "" : ",") + host_json(mx, day);
      for (const char* address : {"192.0.2.1", "2001:db8::1"}) {
        Handshake peer = handshake(mx, address, day);
        for (std::size_t i = 0; i < out.dns.answers.size(); ++i) {
          if (out.dns.answers[i].name.text().find(mx) != std::string::npos) {
            peer.answers.push_back(i);
          }
        }
        out.peers.push_back(std::move(peer));
      }
    }
    out.facts = "{\"domain\":\"" + name + "\",\"hosts\":[" + hosts +
                "],\"mx\":{\"security\":\"secure\"}}";
    out.verdict = "{\"domain\":\"" + name +
                  "\",\"findings\":[{\"code\":\"mail-host-alone\",\"detail\":\"the mail "
                  "hosts of " +
                  name +
                  " have one operator\",\"severity\":\"note\","
                  "\"subject\":\"" +
                  name + "\"}],\"grade\":\"deployed\",\"hosts\":[" + hosts +
                  "],\"input\":\"" + name +
                  "\",\"milliseconds\":" + std::to_string(name.size() * 37 % 977) + "}";
    return out;
  }

  Keys keys_;
  Denial denial_;
};

}  // namespace evidence
