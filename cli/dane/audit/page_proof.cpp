#include "cli/dane/audit/page_proof.h"

#include <filesystem>

#include "src/base/json.h"
#include "src/evidence/answer_book.h"
#include "src/evidence/handshake_proof.h"
#include "src/evidence/strength.h"
#include "src/evidence/trust_chain.h"

namespace cli::report {
namespace {

constexpr std::size_t kMostPeers = 128;

void write_moment(base::JsonWriter& json, std::string_view name,
                  std::chrono::sys_seconds moment) {
  json.member(name, moment.time_since_epoch().count());
}

void write_link(base::JsonWriter& json, const evidence::TrustLink& link) {
  json.begin_object().member("zone", link.zone.text()).member("owner", link.owner.text());
  json.member("type", evidence::type_text(link.type));
  if (link.state != evidence::LinkState::proved)
    json.member("state", to_text(link.state));
  if (link.denied) json.member("denied", true);
  if (link.target) json.member("target", link.target->text());
  if (!link.why.empty()) json.member("why", link.why);
  if (const auto& signature = link.signature) {
    if (signature->signer != link.zone) json.member("signer", signature->signer.text());
    json.member("tag", signature->key_tag).member("algorithm", signature->algorithm);
    write_moment(json, "from", signature->inception);
    write_moment(json, "until", signature->expiration);
  }
  json.end_object();
}

/// The conversation that an address is judged by, where the server signed it.
void write_peers(base::JsonWriter& json, const evidence::Bundle& bundle) {
  json.key("peers").begin_array();
  std::size_t written = 0;
  for (const evidence::Handshake& peer : bundle.peers) {
    if (peer.how != "usual" || written == kMostPeers) continue;
    const auto proof = evidence::prove_handshake(peer.messages);
    const bool is_signed = proof && proof->bound != evidence::Bound::nothing;
    if (!is_signed) continue;
    ++written;
    json.begin_object().member("host", peer.host).member("address", peer.address);
    json.member("bound", proof->bound == evidence::Bound::all ? "all" : "key");
    if (proof->weak) json.member("weak", *proof->weak);
    json.end_object();
  }
  json.end_array();
}

void write_window(base::JsonWriter& json, const evidence::SecondOpinion& opinion) {
  const auto window = evidence::signed_window(opinion);
  if (!window) return;
  write_moment(json, "from", window->from);
  write_moment(json, "until", window->until);
}

/// A segment of a path in a URL (RFC 3986 3.3), in which no octet but these stands for
/// itself: with a colon it would be another scheme.
std::string segment(const std::string& text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
                       c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kDigits[octet >> 4U];
      out += kDigits[octet & 15U];
    }
  }
  return out;
}

}  // namespace

std::string proof_json(const evidence::Bundle& bundle) {
  evidence::ValidationBasis basis;
  basis.anchors = evidence::root_keys_in(bundle.dns);
  basis.moment = bundle.moment;
  basis.skew = bundle.dns.skew;
  const auto opinion = evidence::second_opinion(bundle.dns, basis);
  const auto chain = evidence::trust_chain(bundle.dns, opinion, bundle.moment);
  base::JsonWriter json;
  json.begin_object();
  write_window(json, opinion);
  json.key("links").begin_array();
  for (const evidence::TrustLink& link : chain.links) write_link(json, link);
  json.end_array();
  if (chain.left_out > 0) json.member("left_out", chain.left_out);
  write_peers(json, bundle);
  return json.end_object().text();
}

// Both as they were named: a browser takes `..` off a URL without looking where symbolic
// links lead.
std::string link_from(const std::string& page, const std::string& file) {
  namespace fs = std::filesystem;
  const fs::path to = fs::absolute(file).lexically_normal();
  const fs::path from = fs::absolute(page).lexically_normal().parent_path();
  const fs::path way = page == "-" ? to : to.lexically_relative(from);
  std::string out;
  for (const fs::path& part : way) {
    if (part == "/") continue;
    out += (out.empty() && page != "-" ? "" : "/") + segment(part.string());
  }
  return page == "-" ? "file://" + out : out;
}

}  // namespace cli::report
