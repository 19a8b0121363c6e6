// What people and strangers write in a line: TXT records of TLSRPT and MTA-STS, policies
// of MTA-STS, control files of qmail. Nothing in them makes a mail to what is no address.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>

#include "src/base/bytes.h"
#include "src/mail/domain_records.h"
#include "src/mail/sts_policy.h"
#include "src/qmail/control.h"
#include "src/qmail/identity.h"
#include "src/qmail/own_certificate.h"
#include "src/qmail/policies.h"
#include "src/qmail/smtp_route.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

/// The parts of a text between NULs: records of one RRset.
std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> out;
  for (;;) {
    const std::size_t end = text.find('\0');
    out.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

void try_records(const std::vector<std::string>& records) {
  const auto targets = mail::read_targets(records);
  must(!targets.valid || targets.faults.empty());
  must(targets.addresses.size() <= 10 && targets.faults.size() <= 10);
  for (const std::string& address : targets.addresses) {
    must(std::ranges::all_of(address, [](char c) {
      constexpr std::string_view kSpecial = ",;<>()[]\"\\:";
      return c > ' ' && c < 0x7F && kSpecial.find(c) == std::string_view::npos;
    }));
    must(std::ranges::count(address, '@') == 1 && address.size() <= 254);
  }
  for (const std::string& fault : targets.faults) must(fault == base::printable(fault));
  if (const auto id = mail::sts_id(records)) must(!id->empty() && id->size() <= 32);
}

void try_policy(std::string_view text) {
  const auto policy = mail::read_sts_policy(text);
  must(policy || policy.error().detail == base::printable(policy.error().detail));
}

/// Control files that all have this text. Their folder is in memory.
class Files {
 public:
  Files() {
    std::string name = "/dev/shm/texts_fuzz.XXXXXX";
    must(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Files() {
    for (const char* name : kNames) unlink(path(name).c_str());
    rmdir(path_.c_str());
  }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  void write(std::string_view text) const {
    for (const char* name : kNames) std::ofstream(path(name), std::ios::binary) << text;
  }
  [[nodiscard]] qmail::Control control() const { return qmail::Control(path_); }

 private:
  static constexpr const char* kNames[] = {
      "smtproutes", "danepolicy",     "tlsdestinations", "domainips",    "helohost",
      "outgoingip", "domainbindings", "domaincerts",     "timeoutremote"};
  [[nodiscard]] std::string path(const std::string& name) const {
    return path_ + "/" + name;
  }
  std::string path_;
};

template <typename T>
void must_be_told(const base::Result<T>& result) {
  must(result || !result.error().detail.empty());
}

void try_control(std::string_view text) {
  static const Files files;
  files.write(text);
  const qmail::Control control = files.control();
  for (const auto* domain : {"example.org", "mx.sub.example.org", "", "192.0.2.1"}) {
    must_be_told(qmail::smtp_route(control, domain, "me@here.example"));
    const auto policy =
        qmail::policy_of(control, {domain, "mx.example.org", "here.example"});
    must_be_told(policy);
    // Nothing goes down from DANE without a line that says so.
    must(!policy || policy->level == policy::Level::dane || !policy->source.empty());
  }
  must_be_told(qmail::identity_of(control, "here.example"));
  must_be_told(qmail::certificate_of(control, "here.example"));
  must_be_told(control.number("timeoutremote", 1));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  try_records(parts_of(input));
  try_records({"v=TLSRPTv1; rua=" + std::string(input)});
  try_records({"v=TLSRPTv1; rua=mailto:" + std::string(input)});
  try_policy(input);
  try_control(input);
  return 0;
}
