#include "cli/sslserver/client_names.h"

#include <sstream>

#include "src/base/name.h"
#include "src/io/file.h"
#include "verify/hash.h"

namespace cli::sslserver {
namespace {

constexpr std::size_t kMostOctets = std::size_t{1024} * 1024;
constexpr std::size_t kDigestOctets = 32;

tl::unexpected<base::Error> unusable(const std::string& file, const std::string& line) {
  return base::fail(
      base::ErrorKind::usage, base::Code::bad_file,
      file + ": no name and SHA2-256 of a key: " + base::printable(line, base::kWord));
}

}  // namespace

base::Result<ClientNames> ClientNames::read(const std::string& file) {
  const auto text = io::read_file(file, kMostOctets);
  if (!text) return tl::unexpected(text.error());
  ClientNames out;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    std::string digest;
    std::string more;
    if (!(words >> name) || name.starts_with('#')) continue;
    const bool is_pair = static_cast<bool>(words >> digest) && !(words >> more);
    const auto octets = base::from_hex(digest);
    if (!is_pair || !dns::Name::parse(name) || !octets ||
        octets->size() != kDigestOctets) {
      return unusable(file, line);
    }
    out.names_[base::to_hex(*octets)] = name;
  }
  return out;
}

std::string ClientNames::name_of(base::ByteView spki) const {
  const auto found = names_.find(base::to_hex(verify::sha256(spki)));
  return found == names_.end() ? std::string() : found->second;
}

}  // namespace cli::sslserver
