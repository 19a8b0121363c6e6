#include "src/audit/stored_facts.h"

#include "src/audit/facts_fields.h"
#include "src/audit/judge.h"

namespace audit {
namespace {

constexpr std::string_view kHeader = "facts of dane audit, version 1\n";

}  // namespace

void StoredFacts::add(const DomainAudit& audit, const std::string& note) {
  facts::Writer writer(tables_);
  writer.field("note", note);
  writer.field("word", audit.item.word);
  writer.field("moment", audit.moment);
  writer.field("seen", audit.seen);
  for (const auto& host : audit.seen.hosts) {
    const std::size_t number =
        writer.number(facts::Table::host, writer.described(host->seen));
    writer.line("host", std::to_string(number));
  }
  audits_ += "audit {\n" + writer.text() + "}\n";
}

std::string StoredFacts::text() const {
  return std::string(kHeader) + tables_.text + audits_;
}

base::Result<std::vector<StoredAudit>> read_stored_facts(std::string_view text) {
  if (!text.starts_with(kHeader)) {
    return base::fail(base::ErrorKind::usage, base::Code::bad_file,
                      "this is no record of an audit that is understood here");
  }
  facts::Reader reader(text.substr(kHeader.size()));
  while (reader.take_entry()) {
  }
  std::vector<StoredAudit> out;
  while (reader.begins("audit")) {
    StoredAudit& audit = out.emplace_back();
    reader.field("note", audit.note);
    reader.field("word", audit.word);
    reader.field("moment", audit.moment);
    reader.field("seen", audit.seen);
    while (const auto number = reader.take_line("host")) {
      if (auto host = reader.host(*number)) audit.hosts.push_back(std::move(host));
    }
    reader.end();
    // Reports go through the hosts beside their MX records.
    if (audit.hosts.size() != audit.seen.mx.hosts.size()) {
      reader.fail("an audit has another number of hosts than its MX records");
    }
  }
  if (!reader.error() && !reader.is_at_end()) reader.fail("neither a table nor an audit");
  if (reader.error()) return tl::unexpected(*reader.error());
  return out;
}

DomainSeen judged_again(const StoredAudit& audit, const verify::Roots* roots) {
  DomainSeen out = audit.seen;
  for (const auto& host : audit.hosts) {
    out.hosts.push_back(std::make_shared<const HostAudit>(
        HostAudit{*host, judge(*host, audit.moment, roots), audit.moment}));
  }
  return out;
}

}  // namespace audit
