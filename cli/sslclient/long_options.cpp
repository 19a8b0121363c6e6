#include "cli/sslclient/long_options.h"

#include <unistd.h>

#include <filesystem>

#include "cli/settings.h"
#include "src/publish/written_records.h"

namespace cli::sslclient {
namespace {

using base::Code;
using base::ErrorKind;

tl::unexpected<base::Error> usage(std::string what) {
  return base::fail(ErrorKind::usage, Code::usage, std::move(what));
}

tl::unexpected<base::Error> unknown(std::string_view option, std::string_view word) {
  return usage(std::string(option) + " " + base::printable(word, base::kWord) +
               " is unknown");
}

base::Result<policy::ReferenceName> parse_reference(std::string_view word) {
  if (const auto address = net::parse_address_name(word)) {
    return policy::ReferenceName(*address);
  }
  auto name = dns::Name::parse(word);
  if (!name) return tl::unexpected(name.error());
  return policy::ReferenceName(std::move(*name));
}

base::Result<void> set_level(std::string_view word, Draft& draft) {
  const auto level = policy::level_from_text(word);
  if (!level) return unknown("--policy", word);
  draft.options.demand.level = *level;
  draft.level_given = Switch::on;
  return {};
}

base::Result<void> add_name(std::string_view word, Options& options) {
  auto name = parse_reference(word);
  if (!name) return tl::unexpected(name.error());
  options.demand.names.push_back(std::move(*name));
  return {};
}

base::Result<void> set_server_name(std::string_view word, Options& options) {
  auto name = parse_reference(word);
  if (!name) return tl::unexpected(name.error());
  options.server_name = policy::to_text(*name);
  return {};
}

base::Result<void> set_starttls(std::string_view word, Options& options) {
  const auto protocol = starttls::protocol_from_text(word);
  if (protocol) {
    options.starttls = *protocol;
    return {};
  }
  return usage("--starttls " + base::printable(word, base::kWord) + " is none of " +
               starttls::protocol_words());
}

base::Result<void> set_json(std::string_view word, Options& options) {
  if (word.empty()) {
    options.json = JsonOutput{{STDERR_FILENO, ""}, true};
    return {};
  }
  auto target = json_target(word);
  if (!target) return tl::unexpected(target.error());
  options.json = JsonOutput{std::move(*target), false};
  return {};
}

base::Result<void> add_records(std::string_view word, Options& options) {
  const auto records = publish::written_records(std::string(word));
  if (!records) return tl::unexpected(records.error());
  auto& pins = options.demand.pins;
  pins.insert(pins.end(), records->begin(), records->end());
  return {};
}

void set_trust_store(std::string_view path, Options& options) {
  std::error_code ignored;
  const bool is_directory = std::filesystem::is_directory(path, ignored);
  (is_directory ? options.ca_directory : options.ca_file) = path;
}

base::Result<void> set_source(std::string_view word, Options& options) {
  const auto address = net::parse_address(word);
  if (!address) {
    return usage("--source " + base::printable(word, base::kWord) +
                 " is not an IP address");
  }
  options.source.address = *address;
  return {};
}

base::Result<void> set_timeout(std::string_view word, Options& options) {
  const auto span = parse_span("--timeout", word);
  if (!span) return tl::unexpected(span.error());
  options.timeouts = {*span, std::chrono::seconds(0)};
  return {};
}

base::Result<void> set_common_name(std::string_view word, Options& options) {
  if (word == "never") {
    options.demand.common_name = policy::CommonName::never;
  } else if (word == "smtp") {
    options.demand.common_name = policy::CommonName::smtp_dane_ta;
  } else if (word == "always") {
    options.demand.common_name = policy::CommonName::always;
  } else {
    return usage("--common-name " + base::printable(word, base::kWord) +
                 " is not never, smtp or always");
  }
  return {};
}

base::Result<void> set_drop_status(std::string_view word, Options& options) {
  const auto status = parse_number("--drop-status", word, {1, 255});
  if (!status) return tl::unexpected(status.error());
  options.drop_status = static_cast<int>(*status);
  return {};
}

}  // namespace

base::Result<void> apply_long_option(int code, const char* argument, Draft& draft) {
  const std::string_view word = argument == nullptr ? "" : argument;
  Options& options = draft.options;
  if (code < kBehindResolverOptions) {
    return apply_resolver_option(code, word, options.resolver);
  }
  switch (code) {
    case kPolicy:
      return set_level(word, draft);
    case kSni:
      return set_server_name(word, options);
    case kName:
      return add_name(word, options);
    case kStarttls:
      return set_starttls(word, options);
    case kJson:
      return set_json(word, options);
    case kEvidence:
      options.evidence = word;
      return {};
    case kRecord:
      return add_records(word, options);
    case kCa:
      set_trust_store(word, options);
      return {};
    case kChainExtension:
      draft.wants_chain = Switch::on;
      return {};
    case kChainPins:
      draft.chain_pins = word;
      return {};
    case kSource:
      return set_source(word, options);
    case kTimeout:
      return set_timeout(word, options);
    case kCommonName:
      return set_common_name(word, options);
    case kDaneEeNames:
      options.demand.name_check = policy::NameCheck::dane_ee;
      return {};
    case kAllowTruncation:
      options.relay.truncation = relay::Truncation::tolerate;
      return {};
    case kDropStatus:
      return set_drop_status(word, options);
    default:
      return {};
  }
}

}  // namespace cli::sslclient
