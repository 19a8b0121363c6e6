// A check for people. The verdict comes first, in the words that Postfix and OpenSSL have
// for it, since most readers want nothing else; then what it stands on, a fact a line, in
// columns that are always the same; then what to do, with the record to paste. What a
// program reads is in the JSON.
#include "cli/dane/check_text.h"

#include <algorithm>

#include "cli/dane/check_record.h"
#include "cli/dane/judging.h"
#include "cli/layout.h"
#include "cli/moment.h"
#include "src/base/bytes.h"
#include "src/client/certificate_words.h"
#include "src/publish/record.h"
#include "verify/certificate.h"

namespace cli::dane {
namespace {

using client::Report;

constexpr std::size_t kDigits = 16;         // of a digest that is only to be recognised
constexpr std::size_t kLongDigits = 32;     // of two that are to be compared
constexpr std::size_t kManyNames = 1000;    // of a certificate, for who wants all
constexpr std::chrono::seconds kTtl{3600};  // of a record that is advised

base::ByteView key_of(const Report& peer) {
  if (const auto* raw = std::get_if<verify::RawPublicKey>(&peer.chain)) return raw->spki;
  const auto& certificates = std::get<verify::Certificates>(peer.chain);
  if (certificates.empty()) return {};
  const auto leaf = verify::parse_certificate(certificates.front());
  return leaf ? leaf->spki : base::ByteView();
}

/// The record by which this key proves its holder, whatever its certificate says (RFC
/// 7671 5.1).
dns::Tlsa record_of(base::ByteView key) {
  return publish::make_record({std::nullopt, {key.begin(), key.end()}}, {}).value();
}

std::string address_of(const Report& peer) {
  return peer.peer ? net::to_text(peer.peer->address) : "?";
}

std::string cut_record(const dns::Tlsa& record, std::size_t digits) {
  const std::string data = base::to_hex(record.data);
  return dns::parameters(record) + " " + data.substr(0, digits) +
         (data.size() > digits ? "…" : "");
}

std::string day(std::chrono::sys_seconds moment) {
  return verify::to_text(moment).substr(0, 10);
}

std::string days_left(std::chrono::sys_seconds until, std::chrono::sys_seconds now) {
  if (until < now) return "expired " + day(until);
  return span_in_words(until - now) + " left (" + day(until) + ")";
}

const Report* first_that(const Checked& checked, Outcome outcome) {
  const auto found = std::ranges::find_if(checked.peers, [&](const Report& peer) {
    return outcome_of(peer.error) == outcome;
  });
  return found == checked.peers.end() ? nullptr : &*found;
}

bool is_mismatch(const Report* peer) {
  return peer != nullptr && client::reason_word(*peer) == "mismatch";
}

/// A sentence: some libraries end their own, others do not.
std::string ended(std::string text) {
  if (!text.ends_with('.')) text += '.';
  return text;
}

/// A check on its way into words.
class Teller {
 public:
  Teller(const CheckJob& job, const Checked& checked, const Telling& telling,
         std::chrono::sys_seconds now)
      : job_(job),
        checked_(checked),
        telling_(telling),
        now_(now),
        records_(job, checked.facts, now),
        layout_(telling.columns) {}

  std::string tell();

 private:
  void tell_verdict();
  void tell_dns();
  void tell_records();
  void tell_servers();
  void tell_certificates();
  void tell_what_to_do();
  void tell_mismatch(const Report& peer);
  void tell_reason();
  void tell_notes();
  void paste(const dns::Tlsa& record);

  [[nodiscard]] std::string service() const;
  [[nodiscard]] std::string call() const;
  [[nodiscard]] std::string why() const;
  [[nodiscard]] std::string who_turns_away() const;
  [[nodiscard]] std::string marked(Outcome outcome, std::string_view text) const {
    return dane::marked(outcome, text, telling_.paint);
  }
  [[nodiscard]] std::string session_of(const Report& peer) const;
  [[nodiscard]] dns::Name wanted_name() const;
  [[nodiscard]] const Report* peer_that(Outcome outcome) const {
    return first_that(checked_, outcome);
  }
  /// Whether what is wrong is told as two digests, one under the other.
  [[nodiscard]] bool compares_digests() const;
  /// The peer whose reason is told first: one that is not verified, else not reached.
  [[nodiscard]] const Report* peer_told() const;
  [[nodiscard]] std::string error_words(const Report& peer) const;
  [[nodiscard]] const Report* peer_with_key() const;

  const CheckJob& job_;
  const Checked& checked_;
  const Telling& telling_;
  std::chrono::sys_seconds now_;
  RecordTeller records_;
  TextLayout layout_;
};

bool Teller::compares_digests() const {
  const Report* peer = peer_that(Outcome::findings);
  return is_mismatch(peer) && !key_of(*peer).empty();
}

const Report* Teller::peer_told() const {
  const Report* peer = peer_that(Outcome::findings);
  return peer != nullptr ? peer : peer_that(Outcome::undecided);
}

const Report* Teller::peer_with_key() const {
  const auto found = std::ranges::find_if(
      checked_.peers, [](const Report& peer) { return !key_of(peer).empty(); });
  return found == checked_.peers.end() ? nullptr : &*found;
}

std::string Teller::service() const {
  std::string out = base::printable(job_.word, base::kName) + " port " +
                    std::to_string(job_.target.port);
  if (!job_.starttls) return out + " (TLS)";
  return out + " (" + std::string(starttls::name_of(*job_.starttls)) + ", STARTTLS)";
}

/// The words behind `dane check` that ask for the same server.
std::string Teller::call() const {
  return base::printable(job_.word, base::kName) + " " + std::to_string(job_.target.port);
}

std::string Teller::who_turns_away() const {
  if (checked_.facts.are_pins) return "";
  return job_.demand.service == policy::Service::smtp
             ? "Mail servers that use DANE do not deliver here."
             : "Programs that use DANE do not connect to it.";
}

/// The reason in a sentence or two, for what is not simply good.
std::string Teller::why() const {
  if (checked_.error && checked_.error->code == base::Code::no_tlsa) {
    if (checked_.facts.state == policy::TlsaState::insecure_service) {
      return "The SRV records that name it are not signed with DNSSEC.";
    }
    if (checked_.facts.state == policy::TlsaState::not_asked) {
      return "They stand at names: give that of the host, or a record with --record.";
    }
    if (checked_.facts.state != policy::TlsaState::absent) {
      return "DANE needs that first.";
    }
    const bool is_mail = job_.demand.service == policy::Service::smtp;
    return "DNSSEC proves that there are none at this name." +
           std::string(is_mail ? " Mail arrives; senders cannot verify the server." : "");
  }
  if (checked_.error) return base::printable(checked_.error->detail, base::kLine) + ".";
  const Report* peer = peer_that(Outcome::findings);
  if (is_mismatch(peer) && checked_.facts.are_pins) {
    return "The server's key is not the one of --record.";
  }
  if (is_mismatch(peer)) {
    return "The server's key is not the one published in DNS. " + who_turns_away();
  }
  if (peer != nullptr) {
    return "At " + address_of(*peer) + ": " + ended(client::reason_line(*peer)) + " " +
           who_turns_away();
  }
  peer = peer_that(Outcome::undecided);
  return peer == nullptr
             ? ""
             : "At " + address_of(*peer) + ": " + ended(client::reason_line(*peer));
}

void Teller::tell_verdict() {
  layout_.sentence(
      0, telling_.paint.strong(service()) + ": " + headline_of(checked_, telling_.paint));
  if (const std::string text = why(); !text.empty()) layout_.sentence(0, text);
  layout_.gap();
}

void Teller::tell_dns() {
  const policy::DnsFacts& facts = checked_.facts;
  if (facts.are_pins) {
    layout_.row("DNS", "  not asked for TLSA records: --record has them");
    return;
  }
  switch (facts.state) {
    case policy::TlsaState::present: {
      std::string text = "signed with DNSSEC; TTL " + span_in_words(facts.ttl);
      if (facts.signed_until) {
        text += ", signature good for " + span_in_words(*facts.signed_until - now_);
      }
      layout_.row("DNS", marked(Outcome::fine, text));
      return;
    }
    case policy::TlsaState::absent:
      layout_.row("DNS", marked(Outcome::fine, "signed with DNSSEC"));
      layout_.row("TLSA", marked(Outcome::findings,
                                 "none at " + base::printable(facts.owner.text())));
      return;
    case policy::TlsaState::insecure_service:
      layout_.row("DNS", marked(Outcome::findings, "SRV records not signed with DNSSEC"));
      return;
    case policy::TlsaState::insecure:
    case policy::TlsaState::insecure_address:
      layout_.row("DNS", marked(Outcome::findings, "not signed with DNSSEC"));
      return;
    case policy::TlsaState::not_asked:
      return;
  }
}

void Teller::tell_records() {
  const auto& records = checked_.facts.records;
  if (records.empty()) return;
  const Report* peer = peer_that(Outcome::findings);
  if (peer == nullptr || !peer->verdict) peer = peer_that(Outcome::fine);
  const bool is_judged = peer != nullptr && peer->verdict.has_value();
  std::string label = "TLSA";
  for (std::size_t i = 0; i < records.size(); ++i) {
    const bool has_note = is_judged && i < peer->verdict->notes.size();
    if (has_note && compares_digests() &&
        peer->verdict->notes[i].state == verify::RecordState::unmatched) {
      continue;
    }
    const RecordWords words =
        has_note ? records_.words_of(*peer, i) : RecordWords{std::nullopt, "not tried"};
    const std::string text = cut_record(records[i], kDigits) + "  " + words.text;
    layout_.row(label, words.mark ? marked(*words.mark, text) : "  " + text);
    label.clear();
  }
  if (!is_judged) return;
  for (const std::string& warning : peer->verdict->warnings) {
    layout_.row("", marked(Outcome::undecided, base::printable(warning)));
  }
}

std::string Teller::session_of(const Report& peer) const {
  std::string out;
  for (const std::string& word :
       {peer.session->protocol, peer.session->cipher, peer.session->group}) {
    if (!word.empty()) out += (out.empty() ? "" : ", ") + word;
  }
  return out;
}

/// The name that the certificate should have: told first of all that it has.
dns::Name Teller::wanted_name() const {
  const auto* name = std::get_if<dns::Name>(&job_.target.host);
  return name == nullptr ? dns::Name() : *name;
}

/// What is wrong at one address, and no more than that where the first lines have told
/// it already.
std::string Teller::error_words(const Report& peer) const {
  if (is_mismatch(&peer)) return peer_that(Outcome::fine) == nullptr ? "" : "another key";
  return &peer == peer_told() ? "as said above" : client::reason_line(peer);
}

void Teller::tell_servers() {
  std::string label = "Servers";
  std::string before;
  std::size_t widest = 0;
  for (const Report& peer : checked_.peers) {
    widest = std::max(widest, address_of(peer).size());
  }
  for (const Report& peer : checked_.peers) {
    const std::string address = padded(address_of(peer), widest + 2);
    const bool lacks_records = peer.error && peer.error->code == base::Code::no_tlsa;
    const Outcome outcome =
        lacks_records ? Outcome::undecided : dane::outcome_of(peer.error);
    std::string text = peer.session ? session_of(peer) : "";
    if (!text.empty() && text == before) {
      text = "the same";
    } else {
      before = text;
    }
    const std::string wrong = peer.error && !lacks_records ? error_words(peer) : "";
    if (!wrong.empty()) text = wrong + (text.empty() ? "" : "; " + text);
    layout_.row(label, marked(outcome, address + text));
    label.clear();
  }
}

void Teller::tell_certificates() {
  std::string label = "Cert";
  std::vector<base::Bytes> told;
  for (const Report& peer : checked_.peers) {
    const auto* chain = std::get_if<verify::Certificates>(&peer.chain);
    if (chain == nullptr || chain->empty()) continue;
    const base::Bytes& leaf = chain->front();
    if (std::ranges::find(told, leaf) != told.end()) continue;
    told.push_back(leaf);
    const client::CertificateWords words = client::certificate_words(
        leaf, wanted_name(), telling_.verbose ? kManyNames : client::kFewNames);
    const std::string whose = told.size() > 1 ? " (" + address_of(peer) + ")" : "";
    layout_.row(label, "  " + (words.names.empty() ? "(no name)" : words.names) + whose);
    std::string rest = words.issuer.empty() ? "" : "by " + words.issuer;
    if (!words.key.empty()) rest += (rest.empty() ? "" : ", ") + words.key;
    if (words.until) rest += (rest.empty() ? "" : ", ") + days_left(*words.until, now_);
    if (!rest.empty()) layout_.row("", "  " + rest);
    label.clear();
  }
}

void Teller::paste(const dns::Tlsa& record) {
  const dns::Name& owner = checked_.facts.owner;
  const auto ttl = checked_.facts.ttl.count() > 0 ? checked_.facts.ttl : kTtl;
  layout_.gap().as_it_is(
      publish::zone_line(owner, record, publish::ZoneForm::folded, ttl));
}

void Teller::tell_mismatch(const Report& peer) {
  const dns::Tlsa shown = record_of(key_of(peer));
  layout_.gap();
  std::string label = checked_.facts.are_pins ? "Given" : "In DNS";
  for (const dns::Tlsa& record : checked_.facts.records) {
    layout_.row(label, cut_record(record, kLongDigits));
    label.clear();
  }
  layout_.row("Server", cut_record(shown, kLongDigits) + "  " + address_of(peer));
  if (checked_.facts.are_pins) return;
  layout_.gap();
  layout_.sentence(2,
                   "If nobody changed the key: someone may be between you and the "
                   "server. Find out first. If you changed it: put the old one back "
                   "(works at once), or publish this record in place of the old one "
                   "(works when the old TTL, " +
                       span_in_words(checked_.facts.ttl) + ", is over):");
  paste(shown);
}

void Teller::tell_what_to_do() {
  if (compares_digests()) {
    tell_mismatch(*peer_that(Outcome::findings));
    return;
  }
  if (!checked_.error || checked_.error->code != base::Code::no_tlsa) return;
  if (checked_.facts.state == policy::TlsaState::insecure_service) return;
  const Report* peer = peer_with_key();
  if (peer == nullptr || checked_.facts.owner.text().empty()) return;
  layout_.gap();
  layout_.sentence(2, checked_.facts.state == policy::TlsaState::absent
                          ? "To have it verified by DANE, publish this record, if " +
                                address_of(*peer) + " is your server:"
                          : "Have the domain signed with DNSSEC; then this record is the "
                            "one to publish, if " +
                                address_of(*peer) + " is your server:");
  paste(record_of(key_of(*peer)));
}

void Teller::tell_reason() {
  if (outcome_of(checked_) == Outcome::fine) return;
  const Report* peer = peer_told();
  std::string word =
      checked_.error ? std::string(base::to_text(checked_.error->code)) : "";
  if (word.empty() && peer != nullptr) word = client::reason_word(*peer);
  layout_.gap().sentence(2, "Reason: " + word + ". More: dane explain " + word);
  if (!telling_.verbose) layout_.sentence(2, "Details: dane check -v " + call());
}

void Teller::tell_notes() {
  for (const Report& peer : checked_.peers) {
    layout_.gap().sentence(2,
                           telling_.paint.strong(address_of(peer)) + ": " +
                               client::reason_line(peer) + " (" +
                               client::reason_word(peer) + ")",
                           2);
    if (!peer.verdict) continue;
    layout_.as_it_is(
        notes_of(*peer.verdict, checked_.facts.records, telling_.paint, "    "));
  }
}

std::string Teller::tell() {
  tell_verdict();
  tell_dns();
  tell_records();
  tell_servers();
  tell_certificates();
  tell_what_to_do();
  tell_reason();
  if (telling_.verbose) tell_notes();
  return layout_.text();
}

}  // namespace

std::string headline_of(const Checked& checked, const Paint& paint) {
  if (checked.error && checked.error->code == base::Code::no_tlsa) {
    const std::string head = paint.doubtful("NO DANE");
    switch (checked.facts.state) {
      case policy::TlsaState::absent:
        return head + ": no TLSA records";
      case policy::TlsaState::not_asked:  // there is no name
        return head + ": an address has no TLSA records";
      default:
        return head + ": not signed with DNSSEC";
    }
  }
  switch (outcome_of(checked)) {
    case Outcome::findings:
      return paint.bad("NOT VERIFIED");
    case Outcome::fine:
      break;
    default:
      return paint.doubtful("COULD NOT TELL");
  }
  const Report* peer = first_that(checked, Outcome::fine);
  switch (peer != nullptr && peer->verdict ? peer->verdict->outcome
                                           : verify::Outcome::unauthenticated) {
    case verify::Outcome::dane:
      return paint.good("VERIFIED by DANE");
    case verify::Outcome::pkix:
      return paint.good("VERIFIED by a certificate authority");
    case verify::Outcome::dane_and_pkix:
      return paint.good("VERIFIED by DANE and by a certificate authority");
    default:
      return paint.doubtful("ENCRYPTED, but nobody is verified");
  }
}

std::string marked(Outcome outcome, std::string_view text, const Paint& paint) {
  const std::string mark = outcome == Outcome::fine       ? paint.good("✓")
                           : outcome == Outcome::findings ? paint.bad("✗")
                                                          : paint.doubtful("!");
  return mark + " " + std::string(text);
}

std::string text_of(const CheckJob& job, const Checked& checked, const Telling& telling,
                    std::chrono::sys_seconds now) {
  return Teller(job, checked, telling, now).tell();
}

}  // namespace cli::dane
