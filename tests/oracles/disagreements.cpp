#include "tests/oracles/disagreements.h"

#include <gtest/gtest.h>
#include <openssl/crypto.h>

#include <fstream>
#include <iostream>
#include <sstream>
#include <tuple>

namespace oracles {
namespace {

constexpr std::size_t kMostTold = 40;

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> out;
  std::istringstream stream(line);
  for (std::string cell; std::getline(stream, cell, '\t');) out.push_back(trimmed(cell));
  return out;
}

/// Whether a row is about an oracle: it has its name, and perhaps since which OpenSSL.
bool is_about(const std::string& cell, const std::string& oracle) {
  std::istringstream words(cell);
  std::string name;
  std::string since;
  unsigned major = 0;
  unsigned minor = 0;
  char dot = 0;
  words >> name;
  if (name != oracle || !(words >> since)) return name == oracle;
  const bool is_known = since == "since" && words >> major >> dot >> minor;
  EXPECT_TRUE(is_known) << "disagreements.tsv: " << cell;
  return std::tuple(OPENSSL_version_major(), OPENSSL_version_minor()) >=
         std::tuple(major, minor);
}

}  // namespace

Disagreements::Disagreements(const std::string& oracle) : oracle_(oracle) {
  std::ifstream file(DANE_SOURCE_DIR "/tests/oracles/disagreements.tsv");
  EXPECT_TRUE(file.good());
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const auto cells = cells_of(line);
    if (cells.size() != 5) {
      ADD_FAILURE() << "disagreements.tsv: " << line;
      continue;
    }
    if (!is_about(cells[0], oracle_)) continue;
    rows_.push_back({std::regex(cells[1]), cells[2] == "accept", cells[3], cells[4], 0});
  }
}

void Disagreements::compare(const std::string& question, bool ours,
                            const std::string& our_reason, bool theirs,
                            const std::string& their_reason) {
  ++cases_;
  if (ours == theirs) {
    ++agreed_;
    return;
  }
  for (Row& row : rows_) {
    if (row.ours != ours || !std::regex_search(question, row.question)) continue;
    ++row.count;
    return;
  }
  if (++unlisted_ > kMostTold) return;
  ADD_FAILURE() << oracle_ << ": " << question << ": ours "
                << (ours ? "accepts" : "refuses") << " (" << our_reason
                << "), theirs: " << their_reason;
}

void Disagreements::finish(std::size_t least_cases) const {
  std::size_t listed = 0;
  for (const Row& row : rows_) {
    listed += row.count;
    EXPECT_GT(row.count, 0U) << oracle_ << ": never occurred: " << row.why;
    std::cout << oracle_ << ": " << row.count << " times: " << row.why << " ("
              << row.section << ")\n";
  }
  EXPECT_GE(cases_, least_cases);
  EXPECT_EQ(unlisted_, 0U);
  std::cout << oracle_ << ": " << cases_ << " cases, " << agreed_ << " agree, " << listed
            << " disagree as listed, " << unlisted_ << " otherwise\n";
}

}  // namespace oracles
