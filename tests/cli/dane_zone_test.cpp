#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/dane/files.h"
#include "src/base/pem.h"
#include "tests/cli/dane_run.h"
#include "tests/cli/report_folder.h"
#include "tests/support/peers.h"

namespace cli {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

std::string pem(const std::vector<base::Bytes>& chain) {
  std::string out;
  for (const auto& der : chain) out += base::to_pem("CERTIFICATE", der);
  return out;
}

class DaneZone : public ::testing::Test {
 protected:
  DaneZone() {
    const auto root = support::make(support::ca("CA"));
    leaf_ = support::make(support::leaf("CA", {"mx.example.org"}));
    chain_ = pem({leaf_, root});
  }

  /// A zone with these lines behind its head, in a file.
  [[nodiscard]] std::string zone(const std::string& lines) const {
    return folder_.write("zone",
                         "$ORIGIN example.org.\n$TTL 60\n@ SOA a b 1 1 1 1 1\n"
                         "mx A 192.0.2.1\n" +
                             lines);
  }
  /// The files that are found below a folder, or why none is.
  static std::vector<std::string> names(const std::string& path) {
    const auto loaded = dane::load_chains(path);
    if (!loaded) return {loaded.error().detail};
    std::vector<std::string> out;
    for (const auto& file : *loaded) out.push_back(file.file);
    return out;
  }

  testing::Folder folder_;
  base::Bytes leaf_;
  std::string chain_;
};

TEST_F(DaneZone, CountsBySeverity) {
  const std::string good = "_25._tcp.mx TLSA 3 1 1 " + std::string(64, 'a') + "\n";
  const auto last_line = [&](const std::string& lines) {
    const auto ran = testing::run(dane::kZone, {zone(lines)});
    EXPECT_TRUE(ran.outcome);
    return ran.text.substr(ran.text.rfind('\n', ran.text.size() - 2) + 1);
  };
  const std::string alone = " (compared with no certificate: --certs)\n";
  EXPECT_EQ(last_line(good), "1 TLSA record: no findings" + alone);
  EXPECT_EQ(last_line(good + good + "_25._tcp.gone TLSA 3 1 1 00\n"),
            "3 TLSA records: 1 error, 2 warnings, 1 note" + alone);
}

TEST_F(DaneZone, ANoteAloneIsFineAndAWarningIsNot) {
  const std::string mail = "@ MX 10 mx\n@ MX 20 mx2\nmx2 A 192.0.2.2\n";
  EXPECT_EQ(testing::run(dane::kZone, {zone(mail)}).outcome, dane::Outcome::fine);
  const std::string one = "_25._tcp.mx TLSA 3 1 1 " + std::string(64, 'a') + "\n";
  EXPECT_EQ(testing::run(dane::kZone, {zone(mail + one)}).outcome,
            dane::Outcome::findings);
}

TEST_F(DaneZone, ASingleFileIsAChain) {
  EXPECT_THAT(names(folder_.write("mx.pem", chain_)), ElementsAre("mx.pem"));
  EXPECT_THAT(names(folder_.write("text", "no certificate")),
              ElementsAre(HasSubstr("text: ")));
  EXPECT_THAT(names(folder_.path("nothing")), ElementsAre(HasSubstr("nothing: ")));
}

TEST_F(DaneZone, TheFilesOfAnAcmeClientAreFoundThroughTheirLinks) {
  fs::create_directories(folder_.path("archive/mx"));
  fs::create_directories(folder_.path("live/mx"));
  folder_.write("archive/mx/fullchain7.pem", chain_);
  folder_.write("archive/mx/privkey7.pem",
                base::to_pem("PRIVATE KEY", base::as_bytes("secret")));
  folder_.write("live/README", "what is where\n");
  fs::create_symlink("../../archive/mx/fullchain7.pem",
                     folder_.path("live/mx/fullchain.pem"));
  fs::create_symlink("../../archive/mx/privkey7.pem",
                     folder_.path("live/mx/privkey.pem"));
  fs::create_symlink("nowhere", folder_.path("live/mx/broken.pem"));
  fs::create_directory_symlink("..", folder_.path("live/mx/circle"));
  EXPECT_THAT(names(folder_.path("live")), ElementsAre("mx/fullchain.pem"));
  EXPECT_THAT(names(folder_.path("live/")), ElementsAre("mx/fullchain.pem"));
}

TEST_F(DaneZone, ATreeIsLookedAtToABoundedDepth) {
  fs::create_directories(folder_.path("certs/1/2/3/4/5"));
  folder_.write("certs/1/2/3/4/in.pem", chain_);
  folder_.write("certs/1/2/3/4/5/out.pem", chain_);
  EXPECT_THAT(names(folder_.path("certs")), ElementsAre("1/2/3/4/in.pem"));
}

TEST_F(DaneZone, FilesThatAreNoChainsAreLeftOutByTheirSizeAndBoundedInAll) {
  fs::create_directories(folder_.path("certs"));
  folder_.write("certs/mx.pem", chain_);
  folder_.write("certs/large", "");
  fs::resize_file(folder_.path("certs/large"), std::uintmax_t{1} << 30);
  EXPECT_THAT(names(folder_.path("certs")), ElementsAre("mx.pem"));
  for (int i = 0; i < 17; ++i) {
    const std::string name = "certs/" + std::to_string(i);
    folder_.write(name, "");
    fs::resize_file(folder_.path(name), std::uintmax_t{4} << 20);
  }
  EXPECT_THAT(names(folder_.path("certs")), ElementsAre(EndsWith("64 MiB of files")));
}

TEST_F(DaneZone, MoreFilesThanAnybodyHasAreAnError) {
  fs::create_directories(folder_.path("certs"));
  for (int i = 0; i <= 10'000; ++i) {
    folder_.write("certs/" + std::to_string(i), "");
  }
  EXPECT_THAT(names(folder_.path("certs")),
              ElementsAre(EndsWith("more than 10,000 files")));
}

}  // namespace
}  // namespace cli
