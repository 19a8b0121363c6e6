#pragma once

#include "src/audit/judged.h"

namespace audit {

/// What is thought of each certificate that an address shows to those who ask otherwise,
/// if it is another one than usual. Certificates whose names alone are wrong are left
/// out. Pure.
[[nodiscard]] std::vector<Opinion> opinions(const AddressSeen& address,
                                            const policy::Requirement& requirement,
                                            std::chrono::sys_seconds now);

/// Whether an address has shown, once, without a server name, a certificate that the
/// records refuse, so that it must be asked again before the name is blamed. Pure.
[[nodiscard]] bool is_name_in_doubt(const AddressSeen& address,
                                    const policy::Requirement& requirement,
                                    std::chrono::sys_seconds now);

}  // namespace audit
