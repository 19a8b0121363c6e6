#include "src/io/landlock.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>

#include "src/io/descriptor.h"

namespace {

namespace fs = std::filesystem;

constexpr int kNotThere = 77;

/// By the kernel's own word, not that of what is tested.
bool has_landlock() {
  constexpr unsigned kVersionWanted = 1;
  return syscall(SYS_landlock_create_ruleset, nullptr, 0, kVersionWanted) > 0;
}

/// A mail system's home in miniature.
class Landlock : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "landlock.XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    home_ = name;
    for (const char* folder : {"control", "queue/lock", "queue/mess", "queue/tlsrpt"}) {
      fs::create_directories(home_ + "/" + folder);
    }
    for (const char* file : {"control/me", "queue/lock/deadhosts", "queue/mess/1"}) {
      std::ofstream(home_ + "/" + file) << "text";
    }
  }
  void TearDown() override { fs::remove_all(home_); }

  [[nodiscard]] io::FileRights rights() const {
    return {
        home_ + "/queue", {home_ + "/queue/lock/deadhosts"}, {home_ + "/queue/tlsrpt"}};
  }

  /// Whether `body` says yes in a process that is confined to these rights.
  static void expect_confined(const io::FileRights& rights,
                              const std::function<bool()>& body) {
    const pid_t child = fork();
    if (child == 0) {
      if (io::confine(rights) == io::Confinement::not_there) _exit(kNotThere);
      _exit(body() ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    // Linux before 5.13, or one built or started without it: there is nothing to try.
    if (WEXITSTATUS(status) == kNotThere && !has_landlock()) {
      GTEST_SKIP() << "this kernel has no Landlock";
    }
    EXPECT_EQ(WEXITSTATUS(status), 0);
  }

  /// Whether `body` says yes in a process that is confined to the rights of the fixture.
  void expect_confined(const std::function<bool()>& body) const {
    expect_confined(rights(), body);
  }

  [[nodiscard]] bool opens(const std::string& path, int flags) const {
    return static_cast<bool>(io::Descriptor(
        open((path.starts_with('/') ? path : home_ + "/" + path).c_str(), flags, 0600)));
  }

  std::string home_;
};

TEST_F(Landlock, WhatIsBesideTheHiddenDirectoryIsRead) {
  expect_confined([&] {
    return opens("control/me", O_RDONLY) && opens("/etc/passwd", O_RDONLY) &&
           opens("/usr/share", O_RDONLY | O_DIRECTORY) && opens("/dev/urandom", O_RDONLY);
  });
}

TEST_F(Landlock, WhatIsHiddenIsNotRead) {
  expect_confined([&] {
    return !opens("queue/mess/1", O_RDONLY) && errno == EACCES &&
           !opens("queue/mess", O_RDONLY | O_DIRECTORY) &&
           !opens("control/../queue/mess/1", O_RDONLY);
  });
}

TEST_F(Landlock, ALinkBesideTheHiddenDirectoryDoesNotLeadToIt) {
  ASSERT_EQ(symlink("queue", (home_ + "/shortcut").c_str()), 0);
  ASSERT_EQ(symlink(home_.c_str(), (home_ + "/round").c_str()), 0);
  expect_confined([&] {
    return !opens("queue/mess/1", O_RDONLY) && !opens("shortcut/mess/1", O_RDONLY) &&
           !opens("round/queue/mess/1", O_RDONLY) && opens("round/control/me", O_RDONLY);
  });
}

TEST_F(Landlock, NothingElseIsWrittenMadeOrRun) {
  expect_confined([&] {
    const bool run = execl("/bin/true", "true", nullptr) == 0;
    return !run && !opens("control/me", O_WRONLY) &&
           !opens("control/new", O_CREAT | O_WRONLY) &&
           !opens("/tmp/landlock-test", O_CREAT | O_WRONLY) &&
           unlink((home_ + "/control/me").c_str()) != 0 &&
           mkdir((home_ + "/control/folder").c_str(), 0700) != 0 &&
           symlink("x", (home_ + "/control/link").c_str()) != 0;
  });
}

TEST_F(Landlock, WhatIsNamedIsStillWritten) {
  expect_confined([&] {
    const std::string day = home_ + "/queue/tlsrpt/day";
    const io::Descriptor file(open(day.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600));
    return opens("queue/lock/deadhosts", O_RDWR) && file &&
           write(file.get(), "x", 1) == 1 && ftruncate(file.get(), 0) == 0 &&
           rename(day.c_str(), (day + "2").c_str()) == 0 &&
           unlink((day + "2").c_str()) == 0 && mkdir((day + ".d").c_str(), 0700) == 0 &&
           opens("queue/tlsrpt/day.d/example.org", O_CREAT | O_WRONLY) &&
           unlink((day + ".d/example.org").c_str()) == 0 &&
           rmdir((day + ".d").c_str()) == 0;
  });
}

TEST_F(Landlock, WhatIsOpenStaysOpen) {
  const io::Descriptor message(open((home_ + "/queue/mess/1").c_str(), O_RDONLY));
  expect_confined([&] {
    char octet = 0;
    return pread(message.get(), &octet, 1, 0) == 1 && octet == 't';
  });
}

TEST_F(Landlock, WithoutAHiddenDirectoryAllIsRead) {
  expect_confined({}, [&] {
    return opens("queue/mess/1", O_RDONLY) && !opens("queue/mess/1", O_WRONLY);
  });
}

}  // namespace
