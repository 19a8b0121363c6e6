#include "src/client/report.h"

#include <gtest/gtest.h>

#include <map>

namespace client {
namespace {

Report proved() {
  Report report;
  report.host = "www.example";
  report.port = 443;
  report.peer = net::Endpoint{*net::parse_address("192.0.2.1"), 443};
  report.facts.state = policy::TlsaState::present;
  report.facts.owner = dns::Name::parse("_443._tcp.www.example").value();
  report.facts.records = {dns::Tlsa{2, 0, 2, base::Bytes(2)},
                          dns::Tlsa{3, 1, 1, base::Bytes(2, std::byte{0xAB})}};
  verify::Verdict verdict;
  verdict.outcome = verify::Outcome::dane;
  verdict.reason = verify::Reason::none;
  verdict.detail = "matches";
  verdict.record = 1;
  verdict.depth = 0;
  verdict.notes = {
      {verify::RecordState::unusable, verify::Reason::no_usable_record, "x", {}},
      {verify::RecordState::matched, verify::Reason::none, "", 0}};
  report.verdict = verdict;
  tls::SessionFacts session;
  session.protocol = "TLSv1.3";
  session.exporter = base::Bytes(2, std::byte{0x5A});
  report.session = session;
  return report;
}

Report failed(base::Code code, std::string detail = "why") {
  Report report;
  report.host = "www.example";
  report.port = 443;
  report.error =
      base::Error{base::ErrorKind::temporary, std::move(code), std::move(detail)};
  return report;
}

std::map<std::string, std::string> variables(const Report& report) {
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : dane_variables(report)) out[name] = value;
  return out;
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Report, WordsOfSuccess) {
  EXPECT_EQ(reason_word(proved()), "ok");
  EXPECT_EQ(reason_line(proved()), "matches");
}

TEST(Report, RecordsOfTheCommandLineAreSaidToBeGiven) {
  Report report = proved();
  EXPECT_FALSE(holds(to_json(report), "given"));
  EXPECT_EQ(variables(report)["DANE_DNSSEC"], "secure");
  report.facts.are_pins = true;
  EXPECT_TRUE(holds(to_json(report), R"("tlsa":"present","given":true)"))
      << to_json(report);
  EXPECT_EQ(variables(report)["DANE_DNSSEC"], "not-asked");
  EXPECT_EQ(variables(report)["DANE_TLSA"], "present");
}

TEST(Report, WordsOfFailure) {
  EXPECT_EQ(reason_word(failed(base::Code::starttls_not_offered)),
            "starttls-not-offered");
  EXPECT_EQ(reason_line(failed(base::Code::timeout, "no answer in time")),
            "no answer in time");
  EXPECT_EQ(reason_word(Report()), "unknown");
  EXPECT_EQ(reason_line(Report()), "nothing was proved");
}

TEST(Report, ARefusedPeerHasTheVerdictsWords) {
  Report report = failed(base::Code::refused, "the peer is not proved");
  report.verdict = verify::Verdict();
  report.verdict->reason = verify::Reason::mismatch;
  report.verdict->detail = "no record matches";
  EXPECT_EQ(reason_word(report), "mismatch");
  EXPECT_EQ(reason_line(report), "no record matches");
  report.verdict.reset();
  EXPECT_EQ(reason_word(report), "refused") << "nobody was judged";
}

TEST(Report, AnErrorAfterTheVerdictIsTheReason) {
  Report report = proved();
  report.error =
      base::Error{base::ErrorKind::temporary, base::Code::exec, "unable to run x"};
  EXPECT_EQ(reason_word(report), "exec");
}

TEST(Report, Json) {
  const std::string json = to_json(proved());
  EXPECT_TRUE(
      json.starts_with(R"({"version":1,"host":"www.example","port":443,)"
                       R"("address":"192.0.2.1","policy":"dane","status":"dane",)"
                       R"("reason":"ok","detail":"matches","depth":0,"record":1,)"))
      << json;
  EXPECT_TRUE(holds(json, R"("owner":"_443._tcp.www.example")"));
  EXPECT_TRUE(holds(json, R"("usage":3,"selector":1,"matching":1,"data":"abab",)"
                          R"("state":"matched","reason":"ok")"))
      << json;
  EXPECT_TRUE(holds(json, R"("exporter":"5a5a")"));
  EXPECT_FALSE(holds(json, "\n"));
}

TEST(Report, JsonOfAFailure) {
  const std::string json = to_json(failed(base::Code::bogus, "evil\n\x1B[2J\xFF"));
  EXPECT_TRUE(holds(json, R"("status":"rejected","reason":"bogus")")) << json;
  EXPECT_TRUE(holds(json, R"("dnssec":"bogus")"));
  EXPECT_FALSE(holds(json, "\n"));
  EXPECT_FALSE(holds(json, "\x1B"));
  EXPECT_FALSE(holds(json, "\"tls\":{"));
}

TEST(Report, Variables) {
  const auto out = variables(proved());
  EXPECT_EQ(out.at("DANE_STATUS"), "dane");
  EXPECT_EQ(out.at("DANE_DNSSEC"), "secure");
  EXPECT_EQ(out.at("DANE_TLSA"), "present");
  EXPECT_EQ(out.at("DANE_USAGE") + out.at("DANE_SELECTOR") + out.at("DANE_MATCHING"),
            "311");
  EXPECT_EQ(out.at("DANE_DEPTH"), "0");
  EXPECT_EQ(out.at("DANE_CHANNEL_BINDING"), "5a5a");
  EXPECT_EQ(out.size(), 13U);
}

TEST(Report, VariablesWithoutAVerdictNeverSayYes) {
  const auto out = variables(Report());
  EXPECT_EQ(out.at("DANE_STATUS"), "rejected");
  EXPECT_EQ(out.at("DANE_USAGE"), "");
  EXPECT_EQ(out.size(), 13U);
}

}  // namespace
}  // namespace client
