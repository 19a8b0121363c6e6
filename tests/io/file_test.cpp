#include "src/io/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <fstream>

#include "src/io/descriptor.h"

namespace io {
namespace {

/// A file of ten octets.
class File : public testing::Test {
 protected:
  File() {
    std::string name = testing::TempDir() + "file.XXXXXX";
    const Descriptor made(mkstemp(name.data()));
    path_ = name;
    std::ofstream(path_) << "0123456789";
  }
  ~File() override { unlink(path_.c_str()); }

  [[nodiscard]] Descriptor open() const {
    return Descriptor(::open(path_.c_str(), O_RDWR | O_CLOEXEC));
  }

  std::string path_;
};

TEST_F(File, IsReadUpToTheLimitAndNotBeyond) {
  const auto whole = read_file(path_, 10);
  ASSERT_TRUE(whole);
  EXPECT_EQ(*whole, "0123456789");
  const auto too_large = read_file(path_, 9);
  ASSERT_FALSE(too_large);
  EXPECT_EQ(too_large.error().code, base::Code::bad_file);
  EXPECT_EQ(too_large.error().detail, path_ + ": the file is too large");
}

TEST_F(File, ThatIsNotThereIsAnErrorThatNamesIt) {
  const auto none = read_file(path_ + ".no", 10);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, base::ErrorKind::usage);
  EXPECT_TRUE(none.error().detail.starts_with(path_ + ".no: "));
}

TEST_F(File, HasOneLock) {
  const Descriptor one = open(), other = open();
  EXPECT_TRUE(lock_soon(one.get()));
  EXPECT_FALSE(lock_soon(other.get()));
  EXPECT_EQ(flock(one.get(), LOCK_UN), 0);
  EXPECT_TRUE(lock_soon(other.get()));
}

}  // namespace
}  // namespace io
