#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "src/qmail/control.h"

namespace qmail {

/// A directory of control files for the time of a test.
class Home {
 public:
  Home() {
    std::string name = (std::filesystem::temp_directory_path() / "qmail.XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Home() { std::filesystem::remove_all(path_); }
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;

  /// Writes a file; folders are made.
  Home& file(const std::string& name, std::string_view text) {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
    return *this;
  }
  [[nodiscard]] Control control() const { return Control(path_.string()); }
  [[nodiscard]] std::filesystem::path path(const std::string& name = "") const {
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace qmail
