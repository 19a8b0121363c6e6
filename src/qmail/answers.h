#pragma once

#include "src/qmail/report.h"
#include "src/smtp/client.h"

namespace qmail {

/// The report that the server's answers make, in qmail-remote's words; `where` is its
/// address, `proof` what was proved of it.
[[nodiscard]] Report report_of_answers(const std::string& where, const std::string& proof,
                                       const smtp::Transaction& transaction);

/// The report of a connection that broke off in the middle of a transaction. `in_doubt`:
/// the server may have taken the message, so that another attempt may make a duplicate.
[[nodiscard]] Report report_of_loss(const std::string& where, const std::string& proof,
                                    const smtp::Transaction& transaction,
                                    const base::Error& error, bool in_doubt);

}  // namespace qmail
