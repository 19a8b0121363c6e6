#include "src/audit/shared.h"

#include <gtest/gtest.h>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>

namespace audit {
namespace {

/// Texts by keys, and how often one was made.
class SharedTexts : public ::testing::Test {
 protected:
  using Texts = Shared<std::string>;

  static std::size_t octets(const std::string& text) { return text.size(); }

  /// Asks for the keys, one after another; `each` octets a text.
  std::size_t made(Texts& texts, const std::vector<std::string>& keys, std::size_t each) {
    std::size_t out = 0;
    const auto asking = [&]() -> io::Task<void> {
      const std::function<io::Task<Texts::Pointer>()> make =
          [&]() -> io::Task<Texts::Pointer> {
        ++out;
        co_return std::make_shared<const std::string>(each, 'x');
      };
      for (const std::string& key : keys) {
        const auto text = co_await texts.get(loop_, key, make);
        EXPECT_EQ(text->size(), each);
      }
    };
    asio::co_spawn(loop_, asking(), asio::detached);
    loop_.run();
    loop_.restart();
    return out;
  }

  io::Loop loop_{1};
};

TEST_F(SharedTexts, AreMadeOnce) {
  Texts texts(10, 1000, octets);
  EXPECT_EQ(made(texts, {"a", "b", "a", "a", "b"}, 10), 2U);
}

TEST_F(SharedTexts, AreForgottenBeyondANumber) {
  Texts texts(2, 1000, octets);
  EXPECT_EQ(made(texts, {"a", "b", "c", "c", "b", "a"}, 10), 4U);
}

TEST_F(SharedTexts, AreForgottenBeyondAWeight) {
  Texts texts(10, 20, octets);
  EXPECT_EQ(made(texts, {"a", "b", "b", "a"}, 10), 2U);
  EXPECT_EQ(made(texts, {"c", "c", "a"}, 15), 2U);
  EXPECT_EQ(made(texts, {"d", "d"}, 100), 2U);
}

}  // namespace
}  // namespace audit
