#pragma once

#include <vector>

#include "src/client/contact.h"
#include "src/qmail/delivery_about.h"
#include "src/qmail/delivery_verdict.h"
#include "src/witness/trust_shelf.h"

namespace qmail {

/// A delivery as it was judged once more.
struct JudgedAgain {
  base::Result<Route> route;
  std::vector<SaidOfTry> tries;
};

/// Judges each address that a delivery has tried again, by what a contact shows of it and
/// a resolver says. Error kind `permanent`, code `bad_evidence`: a try that the answers
/// do not lead to; those of `witness::TrustShelf`. All that it is given must outlive it.
[[nodiscard]] io::Task<base::Result<JudgedAgain>> judge_again(
    resolver::Resolver& resolver, client::Contact& contact, const DeliveryAbout& about,
    const witness::TrustShelf& stores);

}  // namespace qmail
