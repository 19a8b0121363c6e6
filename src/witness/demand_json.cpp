#include "src/witness/demand_json.h"

#include <algorithm>
#include <array>
#include <utility>

namespace witness {
namespace {

using evidence::Json;
using policy::CommonName;
using policy::Demand;
using policy::NameCheck;
using policy::PeerRole;
using policy::Service;
using policy::WithoutTlsa;

template <typename T, std::size_t N>
using Words = std::array<std::pair<T, const char*>, N>;

constexpr Words<Service, 2> kServices = {
    {{Service::smtp, "smtp"}, {Service::other, "other"}}};
constexpr Words<PeerRole, 2> kRoles = {
    {{PeerRole::server, "server"}, {PeerRole::client, "client"}}};
constexpr Words<WithoutTlsa, 5> kWithoutTlsa = {
    {{WithoutTlsa::refuse, "refuse"},
     {WithoutTlsa::pkix, "pkix"},
     {WithoutTlsa::encrypt, "encrypt"},
     {WithoutTlsa::opportunistic, "opportunistic"},
     {WithoutTlsa::plain, "plain"}}};
constexpr Words<NameCheck, 3> kNameChecks = {{{NameCheck::compare, "compare"},
                                              {NameCheck::skip, "skip"},
                                              {NameCheck::dane_ee, "dane-ee"}}};
constexpr Words<CommonName, 3> kCommonNames = {{{CommonName::never, "never"},
                                                {CommonName::smtp_dane_ta, "smtp"},
                                                {CommonName::always, "always"}}};

struct NoDemand {};

template <typename T>
T wanted(std::optional<T> value) {
  if (!value) throw NoDemand();
  return std::move(*value);
}

template <typename T, std::size_t N>
const char* word_of(const Words<T, N>& words, T value) {
  return std::ranges::find(words, value, &std::pair<T, const char*>::first)->second;
}

template <typename T, std::size_t N>
T in_word(const Words<T, N>& words, const Json& value) {
  const auto& text = value.get_ref<const std::string&>();
  for (const auto& [one, word] : words) {
    if (text == word) return one;
  }
  throw NoDemand();
}

policy::ReferenceName name_in(const std::string& text) {
  if (const auto address = net::parse_address_name(text)) return *address;
  auto name = dns::Name::parse(text);
  if (!name) throw NoDemand();
  return std::move(*name);
}

std::optional<unsigned> number_in(const Json& value, const char* name) {
  if (!value.contains(name)) return std::nullopt;
  return value.at(name).get<std::uint8_t>();
}

Demand parts_of(const Json& value) {
  Demand out;
  out.level = wanted(policy::level_from_text(value.at("policy").get<std::string>()));
  out.service = in_word(kServices, value.at("service"));
  out.peer_role = in_word(kRoles, value.at("peerRole"));
  out.without_tlsa = in_word(kWithoutTlsa, value.at("withoutRecords"));
  out.name_check = in_word(kNameChecks, value.at("nameCheck"));
  out.common_name = in_word(kCommonNames, value.at("commonName"));
  for (const Json& one : value.at("names")) {
    out.names.push_back(name_in(one.get<std::string>()));
  }
  for (const Json& one : value.at("records")) {
    auto record = dns::tlsa_from_text(one.get<std::string>());
    if (!record) throw NoDemand();
    out.pins.push_back(std::move(*record));
  }
  out.max_intermediates = number_in(value, "intermediates");
  out.max_intermediates_pkix = number_in(value, "pkixIntermediates");
  return out;
}

}  // namespace

Json to_value(const Demand& demand) {
  // Whoever adds a member to a demand has to say here how a bundle has it.
  const auto& [level, service, role, without_tlsa, name_check, common_name, names, pins,
               intermediates, pkix_intermediates] = demand;
  Json out = {{"policy", policy::to_text(level)},
              {"service", word_of(kServices, service)},
              {"peerRole", word_of(kRoles, role)},
              {"withoutRecords", word_of(kWithoutTlsa, without_tlsa)},
              {"nameCheck", word_of(kNameChecks, name_check)},
              {"commonName", word_of(kCommonNames, common_name)},
              {"names", Json::array()},
              {"records", Json::array()}};
  for (const policy::ReferenceName& name : names) {
    out["names"].push_back(policy::to_text(name));
  }
  for (const dns::Tlsa& pin : pins) out["records"].push_back(dns::to_text(pin));
  if (intermediates) out["intermediates"] = *intermediates;
  if (pkix_intermediates) out["pkixIntermediates"] = *pkix_intermediates;
  return out;
}

base::Result<Demand> demand_in(const Json& value) {
  try {
    Demand out = parts_of(value);
    if (to_value(out) == value) return out;
    return evidence::does_not_hold("about: a demand that is not in its one form");
  } catch (const Json::exception&) {
    return evidence::does_not_hold("about: a demand with a member of another type");
  } catch (const NoDemand&) {
    return evidence::does_not_hold("about: a demand that cannot be read");
  }
}

}  // namespace witness
