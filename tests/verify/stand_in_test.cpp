#include "verify/stand_in.h"

#include <gtest/gtest.h>

#include "tests/support/certificates.h"
#include "verify/certificate.h"

namespace verify {
namespace {

TEST(StandIn, IsReadableAtEverySizeAndHasTheKey) {
  const auto spki = support::spki_of({"leaf"});
  std::size_t least = 0;
  for (std::size_t size = 1; size < 1200; ++size) {
    const auto der = stand_in(spki, size);
    if (der.empty()) {
      EXPECT_TRUE(least == 0 || size == 259) << size;  // the one gap that DER has here
      continue;
    }
    if (least == 0) least = size;
    ASSERT_EQ(der.size(), size);
    const auto certificate = parse_certificate(der);
    ASSERT_TRUE(certificate.has_value()) << size;
    EXPECT_TRUE(base::equal(certificate->spki, spki));
    const bool tried = size % 16 == 0 || size < least + 16;
    EXPECT_TRUE(!tried || is_readable(der)) << size;
  }
  EXPECT_LT(least, spki.size() + 100);
}

TEST(StandIn, FillsALongMessage) {
  const auto spki = support::spki_of({"leaf", support::Key::Kind::rsa2048});
  for (const std::size_t size : {65530, 65536, 65539, 65541, 65542, 65543, 100000}) {
    const auto der = stand_in(spki, size);
    EXPECT_EQ(der.size(), size);
    EXPECT_TRUE(is_readable(der)) << size;
  }
}

TEST(IsReadable, SaysWhatGnutlsDoes) {
  auto recipe = support::leaf("Middle", {"mail.example.org"});
  const auto good = support::make(recipe);
  EXPECT_TRUE(is_readable(good));
  EXPECT_FALSE(is_readable({}));
  EXPECT_FALSE(is_readable(base::ByteView(good).first(good.size() - 1)));
  recipe.raw = {{"1.2.3.4", base::Bytes(2)}, {"1.2.3.5", base::Bytes(2)}};
  const auto twice =
      support::splice(support::make(recipe), base::from_hex("2a0305").value(),
                      base::from_hex("2a0304").value());
  ASSERT_TRUE(parse_certificate(twice).has_value());
  EXPECT_FALSE(is_readable(twice));
}

}  // namespace
}  // namespace verify
