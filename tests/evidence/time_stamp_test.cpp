// A time-stamp authority of OpenSSL's own program on loopback, right and wrong in every
// way that RFC 3161 2.4.2 has a check for.
#include "src/evidence/time_stamp.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/pem.h"
#include "src/evidence/stamp_request.h"
#include "src/io/descriptor.h"
#include "src/io/run_task.h"

namespace evidence {
namespace {

using namespace std::chrono_literals;

/// authority.py, running for all tests of this process.
class Authority {
 public:
  static const Authority& running() {
    static const Authority kOne;
    return kOne;
  }

  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;
  ~Authority() {
    input_ = {};
    waitpid(process_, nullptr, 0);
  }

  std::uint16_t port = 0;
  std::vector<base::Bytes> roots;

 private:
  Authority() {
    std::array<int, 2> in{}, out{};
    EXPECT_EQ(pipe2(in.data(), O_CLOEXEC), 0);
    EXPECT_EQ(pipe2(out.data(), O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    std::string program = DANE_AUTHORITY, python = DANE_PYTHON, openssl = "openssl";
    std::array<char*, 4> words{python.data(), program.data(), openssl.data(), nullptr};
    EXPECT_EQ(
        posix_spawnp(&process_, python.c_str(), &actions, nullptr, words.data(), environ),
        0);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    input_ = io::Descriptor(in[1]);
    const io::Descriptor output(out[0]);
    std::string said;
    std::array<char, 4096> some{};
    while (!said.ends_with("-----\n\n")) {
      const ssize_t size = read(output.get(), some.data(), some.size());
      if (size <= 0) break;
      said.append(some.data(), static_cast<std::size_t>(size));
    }
    port = static_cast<std::uint16_t>(std::atoi(said.c_str()));
    if (auto read = read_stamp_roots(said)) roots = *read;
  }

  pid_t process_ = 0;
  io::Descriptor input_;
};

Octets32 some_hash() {
  Octets32 out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::byte>(i + 1);
  return out;
}

constexpr std::uint64_t kNonce = 0x8123'4567'89AB'CDEF;

base::Result<base::Bytes> ask(const std::string& path,
                              std::chrono::milliseconds limit = 30s) {
  io::Loop loop;
  const std::uint16_t port = Authority::running().port;
  return io::run_task(loop,
                      ask_for_stamp(loop, {"127.0.0.1", port, path},
                                    {{*net::parse_address("127.0.0.1"), port}},
                                    time_stamp_request(some_hash(), kNonce), limit));
}

/// The token that comes of a path.
base::Result<base::Bytes> token(const std::string& path) {
  const auto answer = ask(path);
  if (!answer) return tl::unexpected(answer.error());
  return token_in(*answer);
}

base::Result<TimeStamp> stamp(const std::string& path,
                              std::optional<std::uint64_t> nonce = kNonce) {
  const auto one = token(path);
  if (!one) return tl::unexpected(one.error());
  return verify_time_stamp(*one, {some_hash(), nonce}, Authority::running().roots);
}

std::string why_not(const std::string& path) {
  const auto one = stamp(path);
  if (one) return "it is good";
  EXPECT_EQ(one.error().kind, base::ErrorKind::permanent) << path;
  EXPECT_EQ(one.error().code, base::Code::bad_evidence) << path;
  return one.error().detail;
}

std::string no_answer(const std::string& path, std::chrono::milliseconds limit = 30s) {
  const auto answer = ask(path, limit);
  if (answer) return "it answers";
  EXPECT_EQ(answer.error().kind, base::ErrorKind::temporary) << path;
  return answer.error().detail.substr(answer.error().detail.find(": ") + 2);
}

TEST(TimeStamp, OfAnAuthorityIsVerified_Rfc3161s2_4) {
  const auto before =
      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto one = stamp("/good");
  ASSERT_TRUE(one) << one.error().detail;
  EXPECT_GE(one->moment, before);
  EXPECT_LE(one->moment, before + 60s);
  EXPECT_EQ(one->accuracy, 1'500'007us);
  EXPECT_EQ(one->latest(), one->moment + 2s);
  EXPECT_EQ(one->authority, "CN=good");
  using namespace std::chrono;
  EXPECT_EQ(one->certificate_until, sys_days(2099y / January / 1));
}

TEST(TimeStamp, NeedsNoNonceLater) {
  EXPECT_TRUE(stamp("/good", std::nullopt));
  EXPECT_TRUE(stamp("/no-nonce", std::nullopt));
}

// The authority's certificate of 2020 has expired since; a part of a second counts as a
// whole one, for the stamp says what was there before.
TEST(TimeStamp, IsVerifiedAsOfItsOwnTime) {
  const auto one = stamp("/in-2020");
  ASSERT_TRUE(one) << one.error().detail;
  using namespace std::chrono;
  EXPECT_EQ(one->moment, sys_days(2020y / June / 1) + 1s);
  EXPECT_EQ(one->latest(), one->moment);
  EXPECT_EQ(one->certificate_until, sys_days(2020y / December / 31));
}

TEST(TimeStamp, IsForWhatWasAsked) {
  EXPECT_EQ(why_not("/other-hash"), "the time-stamp is for something else");
  EXPECT_EQ(why_not("/sha1"), "the time-stamp is for something else");
  EXPECT_EQ(why_not("/other-nonce"), "the time-stamp has another nonce");
  EXPECT_EQ(why_not("/no-nonce"), "the time-stamp has another nonce");
  EXPECT_EQ(why_not("/critical"), "the time-stamp has an extension that nobody knows");
  EXPECT_EQ(why_not("/bad-time"), "the time-stamp has no time that can be read");
  EXPECT_EQ(why_not("/local-time"), "the time-stamp has no time that can be read");
}

TEST(TimeStamp, IsSignedByACertificateForStampsAlone_Rfc3161s2_3) {
  const std::string other =
      "the time-stamp is signed with a certificate that is not for time-stamps alone";
  EXPECT_EQ(why_not("/no-purpose"), other);
  EXPECT_EQ(why_not("/not-critical"), other);
  EXPECT_EQ(why_not("/two-purposes"), other);
}

TEST(TimeStamp, IsProved) {
  EXPECT_EQ(why_not("/expired"), "the time-stamp is not proved: certificate has expired");
  EXPECT_EQ(why_not("/stranger"),
            "the time-stamp is not proved: unable to get local issuer certificate");
  EXPECT_EQ(why_not("/small"),
            "the time-stamp is not proved: EE certificate key too weak");
  EXPECT_EQ(why_not("/altered"), "the time-stamp is not proved: digest failure");
  EXPECT_EQ(why_not("/no-certificate"),
            "the time-stamp has no certificate of who signed it");
  EXPECT_EQ(why_not("/signed-with-sha1"),
            "the time-stamp is signed with a hash that is not trusted");
}

// Whose stamp it is, is one question; whether it is right another one, which is only
// asked of those whom the roots know.
TEST(TimeStamp, OfSomebodyElseIsNoErrorWhereThatIsAsked) {
  const auto& roots = Authority::running().roots;
  const Stamped what{some_hash(), std::nullopt};
  const auto known = [&](const std::string& path) {
    return verify_if_known(token(path).value(), what, roots);
  };
  ASSERT_TRUE(known("/good"));
  EXPECT_EQ(known("/good")->value().authority, "CN=good");
  ASSERT_TRUE(known("/stranger"));
  EXPECT_FALSE(known("/stranger")->has_value());
  EXPECT_EQ(known("/altered").error().detail,
            "the time-stamp is not proved: digest failure");
  EXPECT_EQ(known("/expired").error().detail,
            "the time-stamp is not proved: certificate has expired");
  EXPECT_EQ(known("/other-hash").error().detail, "the time-stamp is for something else");
  EXPECT_FALSE(verify_if_known(token("/good").value(), what, {}).value().has_value());
}

TEST(TimeStamp, SaysSomethingBeforeItIsVerified) {
  const auto one = token("/stranger");
  ASSERT_TRUE(one);
  const auto claimed = claimed_time_stamp(*one, {some_hash(), kNonce});
  ASSERT_TRUE(claimed) << claimed.error().detail;
  EXPECT_EQ(claimed->authority, "CN=stranger");
  EXPECT_FALSE(claimed_time_stamp(*one, {some_hash(), kNonce + 1}));
  EXPECT_FALSE(claimed_time_stamp(token("/other-hash").value(), {some_hash(), {}}));
}

// A token that nobody could verify, ever, would stand in a run for good.
TEST(TimeStamp, IsSignedByWhoeverItNames) {
  const Stamped what{some_hash(), kNonce};
  const auto check = [&](const std::string& path) {
    const auto good = check_time_stamp(token(path).value(), what);
    return good ? "" : good.error().detail;
  };
  for (const char* good : {"/good", "/stranger", "/in-2020"}) EXPECT_EQ(check(good), "");
  for (const char* bad : {"/altered", "/expired", "/small", "/no-purpose",
                          "/not-critical", "/two-purposes", "/other-hash"}) {
    EXPECT_NE(check(bad), "") << bad;
  }
}

TEST(TimeStamp, NeedsRoots) {
  const auto one = token("/good");
  ASSERT_TRUE(one);
  EXPECT_EQ(verify_time_stamp(*one, {some_hash(), {}}, {}).error().detail,
            "the time-stamp is not proved: unable to get local issuer certificate");
  EXPECT_EQ(verify_time_stamp(*one, {some_hash(), {}}, {{std::byte{1}}}).error().code,
            base::Code::bad_trust_store);
  EXPECT_EQ(read_stamp_roots("").error().code, base::Code::bad_trust_store);
  EXPECT_EQ(read_stamp_roots(base::to_pem("CERTIFICATE", *one)).error().code,
            base::Code::bad_trust_store);
}

TEST(TimeStamp, AnswersAreGrantedOrNone_Rfc3161s2_4_2) {
  EXPECT_EQ(token("/refused").error().detail,
            "the time-stamp authority refuses (rejection): ask?tomorrow");
  EXPECT_EQ(token("/granted-nothing").error().detail,
            "the time-stamp authority gave no answer of RFC 3161");
  EXPECT_EQ(token("/garbage").error().detail,
            "the time-stamp authority gave no answer of RFC 3161");
  EXPECT_EQ(token("/longer").error().detail,
            "the time-stamp authority gave no answer of RFC 3161");
  EXPECT_EQ(token("/refused").error().code, base::Code::protocol);
}

TEST(TimeStamp, EveryAlteredOctetIsNoticedOrWithoutMeaning) {
  const auto one = token("/good");
  ASSERT_TRUE(one);
  const auto good =
      verify_time_stamp(*one, {some_hash(), kNonce}, Authority::running().roots);
  ASSERT_TRUE(good);
  for (std::size_t i = 0; i < one->size(); ++i) {
    base::Bytes other = *one;
    other[i] ^= std::byte{0x41};
    const auto read =
        verify_time_stamp(other, {some_hash(), kNonce}, Authority::running().roots);
    if (!read) continue;
    EXPECT_EQ(read->moment, good->moment) << i;
    EXPECT_EQ(read->accuracy, good->accuracy) << i;
    EXPECT_EQ(read->authority, good->authority) << i;
  }
  for (std::size_t i = 0; i < one->size(); i += 7) {
    EXPECT_FALSE(verify_time_stamp(base::ByteView(*one).first(i), {some_hash(), {}},
                                   Authority::running().roots));
  }
}

TEST(TimeStamp, RequestsSayWhatIsAsked_Rfc3161s2_4_1) {
  EXPECT_EQ(base::to_hex(time_stamp_request(some_hash(), kNonce)),
            "3044020101"                              // version
            "3031300d060960864801650304020105000420"  // SHA-256 of
            "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
            "020900"
            "8123456789abcdef"  // nonce
            "0101ff");          // with certificate
  EXPECT_NE(random_nonce(), random_nonce());
}

TEST(StampRequest, BoundsWhatAnAuthoritySays) {
  EXPECT_EQ(no_answer("/redirect"), "HTTP status 302, and no other place is asked");
  EXPECT_EQ(no_answer("/text"), "the answer is no application/timestamp-reply");
  EXPECT_EQ(no_answer("/long"), "the body is too long");
  EXPECT_EQ(no_answer("/endless"), "the body is too long");
  EXPECT_NE(no_answer("/silent", 300ms), "it answers");
  EXPECT_NE(no_answer("/slow", 300ms), "it answers");
}

TEST(StampRequest, NobodyThere) {
  io::Loop loop;
  const auto none =
      io::run_task(loop, ask_for_stamp(loop, {"stamps.example", 81, "/"}, {}, {}, 1s));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().detail, "stamps.example:81 has no address");
}

StampAuthority authority(const char* url) {
  const auto read = read_stamp_authority(url);
  EXPECT_TRUE(read) << url;
  return read.value_or(StampAuthority{});
}

TEST(StampRequest, ReadsAddressesOfAuthorities) {
  EXPECT_EQ(authority("http://a.example"), (StampAuthority{"a.example", 80, "/"}));
  EXPECT_EQ(authority("HTTP://A.example/"), (StampAuthority{"a.example", 80, "/"}));
  EXPECT_EQ(authority("http://a.example:318/t/s?x=1"),
            (StampAuthority{"a.example", 318, "/t/s?x=1"}));
  EXPECT_EQ(authority("http://a.example?x:1"),
            (StampAuthority{"a.example", 80, "/?x:1"}));
  EXPECT_EQ(authority("http://[2001:db8::1]/"), (StampAuthority{"2001:db8::1", 80, "/"}));
  EXPECT_EQ(authority("http://[2001:db8::1]:8/"),
            (StampAuthority{"2001:db8::1", 8, "/"}));
  EXPECT_EQ(authority("http://192.0.2.1:80/"), (StampAuthority{"192.0.2.1", 80, "/"}));
  for (const char* url :
       {"", "http://", "http:///p", "https://a.example/", "a.example", "ftp://a.example",
        "http://a.example:/", "http://a.example:0/", "http://a.example:65536/",
        "http://a.example:1x/", "http://user@a.example/", "http://a.example/a b",
        "http://a.example/\r\nX: y", "http://a.example/#f", "http://[192.0.2.1]/",
        "http://[a.example]/", "http://2001:db8::1/", "http://[2001:db8::1/"}) {
    const auto read = read_stamp_authority(url);
    ASSERT_FALSE(read) << url;
    EXPECT_EQ(read.error().kind, base::ErrorKind::usage);
  }
}

RC_GTEST_PROP(StampRequest, AnyTextIsReadOrRefused, (const std::string& text)) {
  const auto read = read_stamp_authority("http://" + text);
  if (!read) return;
  RC_ASSERT(!read->host.empty());
  RC_ASSERT(read->path.starts_with('/'));
}

}  // namespace
}  // namespace evidence
