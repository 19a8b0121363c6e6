#include "verify/name_check.h"

namespace verify {
namespace {

CommonNameUse common_name_use(const policy::Requirement& requirement,
                              std::optional<dns::Usage> usage) {
  const bool mail = requirement.service == policy::Service::smtp && usage == dns::kDaneTa;
  switch (requirement.common_name) {
    case policy::CommonName::never:
      return CommonNameUse::ignored;
    case policy::CommonName::smtp_dane_ta:
      return mail ? CommonNameUse::counted : CommonNameUse::ignored;
    case policy::CommonName::always:
      return CommonNameUse::counted;
  }
  return CommonNameUse::ignored;
}

std::string mismatch(const PresentedNames& presented,
                     const policy::Requirement& requirement) {
  std::string names, expected;
  for (const auto& name : presented.printable)
    names += (names.empty() ? "" : ", ") + name;
  for (const auto& name : requirement.names) {
    expected += (expected.empty() ? "" : " or ") + policy::to_text(name);
  }
  if (names.empty()) names = "nothing";
  if (expected.empty()) expected = "a name, but none is known";
  return "certificate names " + names + "; expected " + expected;
}

}  // namespace

NameJudgement check_names(const PresentedNames& presented,
                          const policy::Requirement& requirement,
                          std::optional<dns::Usage> usage) {
  NameJudgement out;
  out.good = requirement.name_check == policy::NameCheck::skip;
  if (out.good) return out;
  const auto use = common_name_use(requirement, usage);
  if (auto found = match_names(presented, requirement.names, use)) {
    out.good = true;
    out.presented = std::move(found->presented);
    out.reference = std::move(found->reference);
    return out;
  }
  if (presented.cut) out.reason = Reason::too_many_names;
  out.detail = mismatch(presented, requirement);
  return out;
}

}  // namespace verify
