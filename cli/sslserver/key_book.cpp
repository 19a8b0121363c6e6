#include "cli/sslserver/key_book.h"

#include <algorithm>
#include <filesystem>

#include "verify/certificate.h"
#include "verify/extensions.h"
#include "verify/names.h"

namespace cli::sslserver {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostNames = 1024;  // of one certificate
constexpr std::string_view kFallback = "fallback";
constexpr std::string_view kName = "name";
constexpr std::string_view kSite = "site";

tl::unexpected<base::Error> unusable(const std::string& file, std::string_view why) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_certificate_file,
                    file + ": " + std::string(why));
}

/// The files of a directory of sets: `NAME.pem` has chain and key, a directory has them
/// in the files that certbot makes. Hidden entries and others (a README) are passed over.
base::Result<std::vector<keeper::PairFiles>> sets_in(const std::string& directory) {
  std::error_code error;
  std::vector<keeper::PairFiles> out;
  fs::directory_iterator entry(directory, error);
  for (const fs::directory_iterator end; !error && entry != end; entry.increment(error)) {
    const fs::path path = entry->path();
    if (path.filename().string().starts_with('.')) continue;
    std::error_code unknown;
    if (fs::is_directory(path, unknown)) {
      if (!fs::exists(path / "fullchain.pem", unknown)) continue;
      out.push_back({path / "fullchain.pem", path / "privkey.pem"});
    } else if (path.extension() == ".pem") {
      out.push_back({path, ""});
    }
  }
  if (error) return unusable(directory, error.message());
  if (out.empty()) return unusable(directory, "there is no certificate in it");
  std::ranges::sort(out);
  return out;
}

/// The DNS names of a leaf, from its subject alternative names alone (RFC 9525 6.3):
/// public authorities leave the common name out.
std::vector<std::string> names_of(const base::Bytes& leaf) {
  std::vector<std::string> out;
  const auto certificate = verify::parse_certificate(leaf);
  if (!certificate) return out;
  const auto extensions = verify::read_extensions(*certificate);
  const auto presented = verify::presented_names(*certificate, extensions, kMostNames);
  for (const base::ByteView name : presented.dns) {
    out.push_back(base::lower(base::as_text(name)));
  }
  return out;
}

/// Reads the files of all sites, each pair once.
class Reader {
 public:
  explicit Reader(const std::string& password) : password_(password) {}

  base::Result<SiteChains> site(const SiteSettings& settings) {
    SiteChains out;
    for (const keeper::PairFiles& files : settings.pairs) {
      const auto chain = pair(files);
      if (!chain) return tl::unexpected(chain.error());
      out.fallback.push_back(*chain);
      // So that a set of a directory with the same name does not hide them.
      add_names(*chain, out);
    }
    if (settings.directory.empty()) return out;
    const auto sets = sets_in(settings.directory);
    if (!sets) return tl::unexpected(sets.error());
    for (const keeper::PairFiles& files : *sets) {
      const auto chain = pair(files);
      if (!chain) return tl::unexpected(chain.error());
      if (settings.pairs.empty()) out.fallback.push_back(*chain);
      add_names(*chain, out);
    }
    return out;
  }

  std::vector<tls::PrivateKey> take_keys() { return std::move(keys_); }

 private:
  base::Result<tls::ServedChain> pair(const keeper::PairFiles& files) {
    const auto known = known_.find(files);
    if (known != known_.end()) return known->second;
    auto read = keeper::read_pair(files, password_);
    if (!read) return tl::unexpected(read.error());
    tls::ServedChain out{std::move(read->chain),
                         static_cast<std::uint32_t>(keys_.size())};
    keys_.push_back(std::move(read->key));
    known_.emplace(files, out);
    return out;
  }

  static void add_names(const tls::ServedChain& chain, SiteChains& out) {
    for (const std::string& name : names_of(chain.certificates.front())) {
      out.by_name[name].push_back(chain);
    }
  }

  const std::string& password_;
  std::map<keeper::PairFiles, tls::ServedChain> known_;
  std::vector<tls::PrivateKey> keys_;
};

void put(std::vector<std::string>& words, const std::vector<tls::ServedChain>& chains) {
  words.push_back(std::to_string(chains.size()));
  for (const tls::ServedChain& chain : chains) {
    words.push_back(std::to_string(chain.key));
    words.push_back(std::to_string(chain.certificates.size()));
    for (const base::Bytes& der : chain.certificates) {
      words.emplace_back(base::as_text(der));
    }
  }
}

/// The words of `to_words`, which our own process wrote: no stranger's.
class WordReader {
 public:
  explicit WordReader(const std::vector<std::string>& words) : words_(words) {}

  [[nodiscard]] bool at_end() const { return next_ >= words_.size(); }
  const std::string& word() { return words_.at(next_++); }
  std::size_t number() { return std::stoul(word()); }
  std::vector<tls::ServedChain> chains() {
    std::vector<tls::ServedChain> out(number());
    for (tls::ServedChain& chain : out) {
      chain.key = static_cast<std::uint32_t>(number());
      chain.certificates.resize(number());
      for (base::Bytes& der : chain.certificates) {
        const base::ByteView octets = base::as_bytes(word());
        der.assign(octets.begin(), octets.end());
      }
    }
    return out;
  }

 private:
  const std::vector<std::string>& words_;
  std::size_t next_ = 0;
};

}  // namespace

base::Result<KeyBook> read_keys(std::span<const SiteSettings> settings,
                                const std::string& password) {
  Reader reader(password);
  KeyBook out;
  for (const SiteSettings& one : settings) {
    auto site = reader.site(one);
    if (!site) return tl::unexpected(site.error());
    out.sites.push_back(std::move(*site));
  }
  out.keys = reader.take_keys();
  return out;
}

std::vector<std::string> to_words(const std::vector<SiteChains>& sites) {
  std::vector<std::string> out;
  for (const SiteChains& site : sites) {
    out.emplace_back(kSite);
    out.emplace_back(kFallback);
    put(out, site.fallback);
    for (const auto& [name, chains] : site.by_name) {
      out.emplace_back(kName);
      out.push_back(name);
      put(out, chains);
    }
  }
  return out;
}

std::vector<SiteChains> chains_from(const std::vector<std::string>& words) {
  std::vector<SiteChains> out;
  WordReader reader(words);
  while (!reader.at_end()) {
    const std::string& kind = reader.word();
    if (kind == kSite) {
      out.emplace_back();
    } else if (kind == kFallback) {
      out.back().fallback = reader.chains();
    } else {
      const std::string name = reader.word();
      out.back().by_name[name] = reader.chains();
    }
  }
  return out;
}

}  // namespace cli::sslserver
