#pragma once

#include <functional>

#include "src/evidence/told.h"

namespace evidence {

/// Takes out of an answer's authority section what can prove nothing about it: signed
/// denials, and the SOA records beside them, of zones that neither made one of its
/// records from a wildcard nor hold the name where its aliases end. What was bogus stays
/// as it came.
void leave_out_leftovers(Told& told);

/// What an answer says of each wanted name that its aliases lead to, as the answers to
/// the same question there.
[[nodiscard]] std::vector<Told> told_along(
    const Told& told, const std::function<bool(const dns::Name&)>& is_wanted);

}  // namespace evidence
