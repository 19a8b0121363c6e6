#include "resolver/why_bogus.h"

#include <algorithm>
#include <vector>

#include "src/base/bytes.h"

namespace resolver {
namespace {

constexpr std::size_t kMostServers = 4;

/// The words of a text, one after another.
class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) {}

  /// The next word; empty at the end.
  std::string_view next() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
    const std::string_view word = rest_.substr(0, rest_.find(' '));
    rest_.remove_prefix(word.size());
    return word;
  }

 private:
  std::string_view rest_;
};

/// The text, or the whole words at its beginning that are read.
std::string_view beginning(std::string_view text) {
  if (text.size() <= base::kMessage) return text;
  text = text.substr(0, base::kMessage);
  return text.substr(0, text.rfind(' '));
}

/// A text in which a zone without a good key is told by what is wrong with it, whichever
/// question it was that first met it: `key for validation example. is marked as invalid
/// because of a previous validation failure <a.example. A IN>: no keys` is `no keys`.
std::string by_its_cause(std::string_view text) {
  constexpr std::string_view kKey = "key for validation ";
  constexpr std::string_view kBefore =
      " is marked as invalid because of a previous validation failure <";
  constexpr std::string_view kEnd = ">: ";
  std::string out(text);
  for (;;) {
    const auto middle = out.find(kBefore);
    const auto begin = out.rfind(kKey, middle);
    const auto end = out.find(kEnd, std::min(middle, out.size()));
    if (middle == out.npos || begin == out.npos || end == out.npos) return out;
    out.erase(begin, end + kEnd.size() - begin);
  }
}

}  // namespace

std::string why_bogus_in_words(std::string_view text) {
  const std::string cause = by_its_cause(beginning(text));
  Words words(cause);
  std::string out;
  const auto add = [&](std::string_view word) {
    out.append(out.empty() ? "" : " ").append(word);
  };
  std::vector<std::string_view> servers;  // of the list that begins with the last `from`
  bool is_cut = false;
  for (auto word = words.next(); !word.empty(); word = words.next()) {
    if (word == "and" && !servers.empty()) {
      const std::string_view server = words.next();
      const bool is_told = std::ranges::find(servers, server) != servers.end();
      if (server.empty() || is_told) continue;
      if (servers.size() < kMostServers) {
        add(word);
        add(server);
        servers.push_back(server);
      } else if (!is_cut) {
        add("and others");
        is_cut = true;
      }
      continue;
    }
    add(word);
    servers.clear();
    is_cut = false;
    if (word != "from") continue;
    const std::string_view server = words.next();
    if (server.empty()) break;
    servers.push_back(server);
    add(server);
  }
  return base::printable(out);
}

}  // namespace resolver
