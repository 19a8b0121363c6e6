#include "src/qmail/clear_text.h"

namespace qmail {

TlsProgress tls_progress(const mail::Facts& facts) {
  if (facts.session) return TlsProgress::established;
  return facts.tls_began ? TlsProgress::begun : TlsProgress::not_begun;
}

bool may_go_plain(const policy::Requirement& requirement, TlsProgress progress,
                  mail::TlsStart start) {
  return requirement.tls == policy::Tls::optional && start == mail::TlsStart::starttls &&
         progress == TlsProgress::begun;
}

}  // namespace qmail
