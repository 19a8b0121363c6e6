#include "src/audit/facts_text.h"

#include "src/audit/facts_fields.h"
#include "src/base/pem.h"

namespace audit::facts {
namespace {

constexpr std::size_t kMostChainOctets = std::size_t{256} * 1024 * 1024;  // of all chains
constexpr std::string_view kRawKey = "raw-key";

std::string one_line_base64(base::ByteView der) {
  std::string out = base::to_base64_lines(der);
  std::erase(out, '\n');
  return out;
}

}  // namespace

std::string_view to_text(Table table) {
  switch (table) {
    case Table::certificate:
      return "certificate";
    case Table::zone:
      return "zone";
    case Table::host:
      return "host";
  }
  return "?";
}

// --- writing

void Writer::line(std::string_view key, std::string_view value) {
  text_.append(key).append(" ").append(value).append("\n");
}

void Writer::block(std::string_view key, std::string_view inside) {
  text_.append(key).append(" {\n").append(inside).append("}\n");
}

std::size_t Writer::number(Table table, const std::string& text) {
  auto& numbers = tables_.numbers.at(static_cast<std::size_t>(table));
  const auto [at, is_new] = numbers.emplace(text, numbers.size());
  if (is_new) {
    Writer entry(tables_);
    const std::string key = "new-" + std::string(to_text(table));
    table == Table::certificate ? entry.line(key, text) : entry.block(key, text);
    tables_.text += entry.text_;
  }
  return at->second;
}

void Writer::field(std::string_view key, const verify::Chain& chain) {
  if (const auto* raw = std::get_if<verify::RawPublicKey>(&chain)) {
    line(kRawKey, base::to_hex(raw->spki));
    return;
  }
  for (const base::Bytes& der : std::get<verify::Certificates>(chain)) {
    line(key, std::to_string(number(Table::certificate, one_line_base64(der))));
  }
}

void Writer::field(std::string_view key,
                   const std::vector<std::shared_ptr<const ZoneSeen>>& zones) {
  for (const auto& zone : zones) {
    line(key, std::to_string(number(Table::zone, described(*zone))));
  }
}

// --- reading

void Reader::fail(std::string what) {
  if (error_) return;
  error_ = base::Error{base::ErrorKind::usage, base::Code::bad_file,
                       "line " + std::to_string(line_) + ": " + std::move(what)};
  rest_ = {};
}

std::optional<std::string_view> Reader::take_line(std::string_view key) {
  if (!rest_.starts_with(key) || rest_.size() <= key.size() || rest_[key.size()] != ' ') {
    return std::nullopt;
  }
  const std::size_t end = rest_.find('\n');
  if (end == std::string_view::npos) {
    fail("the text ends within a line");
    return std::nullopt;
  }
  const std::string_view out = rest_.substr(key.size() + 1, end - key.size() - 1);
  rest_.remove_prefix(end + 1);
  ++line_;
  return out;
}

bool Reader::begins(std::string_view key) {
  const std::string head = std::string(key) + " {\n";
  if (!rest_.starts_with(head)) return false;
  rest_.remove_prefix(head.size());
  ++line_;
  return true;
}

void Reader::end() {
  if (!rest_.starts_with("}\n")) {
    fail("not known here: " +
         base::printable(rest_.substr(0, rest_.find('\n')), base::kWord));
    return;
  }
  rest_.remove_prefix(2);
  ++line_;
}

std::optional<std::size_t> Reader::index(std::string_view text, std::size_t size) {
  const auto out = number_in<std::size_t>(text);
  if (out && *out < size) return out;
  fail("no such number: " + base::printable(text, base::kWord));
  return std::nullopt;
}

void Reader::field(std::string_view key, verify::Chain& chain) {
  if (const auto hex = take_line(kRawKey)) {
    auto spki = base::from_hex(*hex);
    if (!spki) return fail("not hexadecimal");
    chain = verify::RawPublicKey{std::move(*spki)};
    return;
  }
  verify::Certificates out;
  while (const auto text = take_line(key)) {
    const auto at = index(*text, certificates_.size());
    if (!at) return;
    // A line of ten octets stands for a certificate of any size.
    chain_octets_ += certificates_[*at].size();
    if (chain_octets_ > kMostChainOctets) return fail("too many certificates");
    out.push_back(certificates_[*at]);
  }
  chain = std::move(out);
}

void Reader::field(std::string_view key,
                   std::vector<std::shared_ptr<const ZoneSeen>>& zones) {
  while (const auto text = take_line(key)) {
    const auto at = index(*text, zones_.size());
    if (!at) return;
    zones.push_back(zones_[*at]);
  }
}

std::shared_ptr<const HostSeen> Reader::host(std::string_view number) {
  const auto at = index(number, hosts_.size());
  return at ? hosts_[*at] : nullptr;
}

bool Reader::take_entry() {
  if (const auto text = take_line("new-certificate")) {
    auto der = base::from_base64(*text);
    der ? certificates_.push_back(std::move(*der)) : fail("not base64");
    return true;
  }
  const auto take = [&](std::string_view key, auto value, auto& table) {
    if (!begins(key)) return false;
    Describe<decltype(value)>::fields(*this, value);
    end();
    table.push_back(std::make_shared<const decltype(value)>(std::move(value)));
    return true;
  };
  return take("new-zone", ZoneSeen{}, zones_) || take("new-host", HostSeen{}, hosts_);
}

}  // namespace audit::facts
