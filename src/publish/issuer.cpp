// Who issued the first certificate of a chain, before a record says so.
//
// A file of certificates is written by hand, by an ACME client or by a CA's portal: in
// the wrong order, with the leaf twice, or with the intermediate of last year in it. A
// record 2 1 1 made of whatever stands second then matches nothing that signed the leaf,
// and breaks the host at the very moment at which it is relied on. Names do not tell: a
// CA that changes its key keeps its name. So the judgement that a peer makes of a path is
// made here of each candidate, and what it does not accept is not published (RFC
// 7671 5.2).
#include "src/publish/issuer.h"

#include "src/publish/record.h"
#include "verify/check.h"
#include "verify/extensions.h"

namespace publish {
namespace {

using verify::Reason;

tl::unexpected<base::Error> bad(base::Code code, std::string detail) {
  return base::fail(base::ErrorKind::usage, code, std::move(detail));
}

std::string number(std::size_t index) {
  return "certificate " + std::to_string(index + 1);
}

bool has_name_of_issuer(const base::Bytes& issuer, const base::Bytes& subject) {
  const auto above = verify::parse_certificate(issuer);
  const auto below = verify::parse_certificate(subject);
  return above && below && base::equal(below->issuer, above->subject);
}

/// The judgement on a path of these two. Names and dates of the leaf are another matter,
/// and looked at last: 1970 stands for any time.
verify::Verdict judge_two(const base::Bytes& issuer, const base::Bytes& subject) {
  policy::Requirement requirement;
  requirement.name_check = policy::NameCheck::skip;
  if (auto record =
          make_record(source_of(issuer), {dns::kDaneTa, dns::kSpki, dns::kSha256})) {
    requirement.records.push_back(std::move(*record));
  }
  return verify::check(verify::Certificates{subject, issuer}, requirement, {{}, {}, {}});
}

/// Whether the path is good all the same: its dates, and whether a handshake is held with
/// the leaf's key, are not the issuer's matter.
bool is_leafs_matter(Reason reason) {
  return reason == Reason::not_yet_valid || reason == Reason::expired ||
         reason == Reason::unsupported_key;
}

/// Why a certificate is not the issuer whose record could be published; nothing if it is.
std::optional<std::string> objection(const base::Bytes& issuer,
                                     const base::Bytes& subject) {
  if (!has_name_of_issuer(issuer, subject)) return "is not named as its issuer";
  if (!may_issue(issuer)) return "may not sign certificates";
  const auto verdict = judge_two(issuer, subject);
  if (verify::accepted(verdict.outcome) || is_leafs_matter(verdict.reason)) {
    return std::nullopt;
  }
  if (verdict.reason == Reason::bad_signature) {
    return "has the name of its issuer, and not the key that signed it";
  }
  return "is no issuer that a peer accepts: " + verdict.detail;
}

}  // namespace

bool issued(const base::Bytes& issuer, const base::Bytes& subject) {
  if (issuer == subject || !has_name_of_issuer(issuer, subject)) return false;
  const auto verdict = judge_two(issuer, subject);
  return verify::accepted(verdict.outcome) ||
         verify::rank(verdict.reason) > verify::rank(Reason::bad_signature);
}

bool may_issue(const base::Bytes& certificate) {
  const auto parts = verify::parse_certificate(certificate);
  if (!parts) return false;
  if (parts->version < 3) return verify::self_issued(*parts);
  const auto extensions = verify::read_extensions(*parts);
  return extensions.basic && extensions.basic->ca;
}

base::Result<void> check_leaf_first(const verify::Certificates& chain) {
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (!issued(chain[0], chain[i])) continue;
    return bad(base::Code::leaf_not_first,
               "the first certificate issued " + number(i) +
                   ": the server's own must come first, here and in "
                   "what the server sends");
  }
  return {};
}

base::Result<std::size_t> find_issuer(const verify::Certificates& chain) {
  if (chain.size() < 2)
    return bad(base::Code::no_issuer, "there is one certificate only");
  if (auto ok = check_leaf_first(chain); !ok) return tl::unexpected(ok.error());
  std::string why;
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (chain[i] == chain[0]) {
      if (why.empty()) why = number(i) + " is the first one again";
      continue;
    }
    const auto objected = objection(chain[i], chain[0]);
    if (!objected) return i;
    if (why.empty() || has_name_of_issuer(chain[i], chain[0])) {
      why = number(i) + " " + *objected;
    }
  }
  return bad(base::Code::no_issuer,
             "the issuer of the first certificate is not among them: " + why);
}

std::optional<std::string> why_refused(const verify::Certificates& chain,
                                       const dns::Tlsa& record, const dns::Name& host,
                                       std::chrono::sys_seconds moment) {
  policy::Requirement requirement;
  requirement.service = policy::Service::smtp;  // the one that is laxer about names
  requirement.common_name = policy::CommonName::smtp_dane_ta;
  requirement.names = {host};
  requirement.records = {record};
  const auto verdict = verify::check(chain, requirement, {moment, nullptr, {}});
  if (verify::accepted(verdict.outcome)) return std::nullopt;
  return verdict.detail;
}

}  // namespace publish
