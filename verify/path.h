#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "verify/case.h"
#include "verify/name_check.h"
#include "verify/path_rules.h"
#include "verify/peer.h"

namespace verify {

/// What came of looking for a path.
struct PathJudgement {
  Reason reason = Reason::no_path;  ///< of the path that came nearest; none: a good path
  std::string detail;
  std::size_t depth = 0;  ///< of the anchor on the good path
  std::size_t match = 0;  ///< depth of the first certificate that the filter wanted
  /// There is a path by names, and a certificate on it cannot be read.
  bool unreadable = false;
};

/// Finds paths [leaf … anchor] among the certificates that a peer sent, in any order and
/// with strangers and cross-signed alternatives between them (RFC 4158, RFC 8446 4.4.2).
/// The search goes by names alone and cuts loops; each complete path is then judged as a
/// whole, so that the anchor is always the issuer at the end of the very path whose
/// signatures were checked (RFC 7671 5.2). Bounded by the budget.
class PathFinder {
 public:
  /// Whether a certificate is one that must be on the path; index 0 is never asked.
  using Filter = std::function<bool(Link&)>;

  PathFinder(const Case& the_case, std::optional<unsigned> max_intermediates)
      : peer_(the_case.peer),
        context_(the_case.context),
        purse_(the_case.purse),
        max_intermediates_(max_intermediates),
        peer_role_(the_case.requirement.peer_role) {}

  /// How the leaf was recognised. Name constraints must permit the DNS name that it is
  /// taken for too: a wildcard or a common name that stands for it says nothing of that.
  void use_name(const NameJudgement& found);

  /// A path to one of these certificates, all of whose fields count (selector Cert).
  [[nodiscard]] PathJudgement to_certificates(std::span<const Certificate> anchors);
  /// A path whose last sent certificate is signed by this key. Fields of a certificate
  /// that holds the key do not count (RFC 7671 5.2.1): nothing above the anchor is
  /// verified, so they could be forged by whoever can make a certificate with that key in
  /// it, and enforcing them would promise what they cannot hold.
  [[nodiscard]] PathJudgement to_key(base::ByteView spki);
  /// A path to the trust store; with a filter one that has such an issuer on it.
  [[nodiscard]] PathJudgement to_roots(const Filter& filter = {});

 private:
  using Anchors = std::function<std::vector<Link*>(const Link& top)>;
  struct Search;

  PathJudgement search(const Anchors& anchors, AnchorKind kind,
                       const Filter& filter = {});
  void extend(Search& search);
  void judge(Search& search, Link& anchor);
  void judge_complete(Search& search);
  std::optional<RuleBreach> judge_path(const Search& search);
  std::optional<RuleBreach> judge_signatures(const Search& search);
  std::vector<Link*> issuers_of(const Link& top, std::span<Link* const> path);
  Link& own(const Certificate& certificate);
  Link& anchor_for_key(const Link& top, base::ByteView spki);

  Peer& peer_;
  const Context& context_;
  Purse& purse_;
  std::optional<unsigned> max_intermediates_;
  policy::PeerRole peer_role_;
  std::vector<std::string> stands_for_;  // DNS names
  std::deque<Link> anchors_;      // made from records and roots; addresses are stable
  std::deque<base::Bytes> made_;  // DER behind the anchors that stand for bare keys
  // The anchors by where their DER (or issuer's name and key) lies.
  std::map<std::pair<const std::byte*, const std::byte*>, Link*> known_;
};

}  // namespace verify
