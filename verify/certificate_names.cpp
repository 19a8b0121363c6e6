#include "verify/certificate_names.h"

#include "verify/der.h"
#include "verify/oids.h"

namespace verify {
namespace {

void add_emails(base::ByteView subject, std::vector<GeneralName>& out) {
  const auto name = der::only(subject, der::kSequence);
  der::Reader sets(name ? name->content : base::ByteView());
  while (const auto set = sets.next(der::kSet)) {
    der::Reader attributes(set->content);
    while (const auto attribute = attributes.next(der::kSequence)) {
      der::Reader fields(attribute->content);
      const auto type = fields.next(der::kOid);
      if (!type || !base::equal(type->content, oid::kEmailAddress)) continue;
      const auto value = fields.next(der::kIa5String);
      out.push_back(mailbox_name(value ? base::as_text(value->content) : ""));
    }
  }
}

bool is_empty_name(base::ByteView name) {
  const auto sequence = der::only(name, der::kSequence);
  return sequence && sequence->content.empty();
}

}  // namespace

CertificateNames names_of(const Certificate& certificate, const Extensions& extensions) {
  CertificateNames out;
  if (!is_empty_name(certificate.subject)) {
    out.names.push_back(directory_name(certificate.subject));
    // What hides in a subject that is no Name, or a huge one, may be a mailbox.
    if (out.names[0].readable) {
      add_emails(certificate.subject, out.names);
    } else {
      out.names.push_back(mailbox_name(""));
    }
  }
  if (!extensions.alternative_names) return out;
  const auto list = der::only(*extensions.alternative_names, der::kSequence);
  der::Reader reader(list ? list->content : base::ByteView());
  while (const auto entry = reader.next()) {
    auto name = read_general_name(entry->whole);
    out.malformed = out.malformed || !name;
    if (name) out.names.push_back(std::move(*name));
  }
  out.malformed = out.malformed || !list || !reader.at_end();
  return out;
}

}  // namespace verify
