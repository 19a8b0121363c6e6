// The text of a bundle. Each is hashed for its place in a run, and peers sign behind the
// hash of answers: an audit writes two such texts for each domain, so they are written
// as they stand, without a value of JSON in between. The members of each object stand
// here in the order that RFC 8785 gives them.
#include "src/base/pem.h"
#include "src/evidence/bundle_json.h"
#include "src/evidence/canonical_writer.h"
#include "verify/hash.h"

namespace evidence {
namespace {

std::int64_t seconds(std::chrono::sys_seconds moment) {
  return moment.time_since_epoch().count();
}

class BundleText {
 public:
  explicit BundleText(const Bundle& bundle) : bundle_(bundle) {}

  std::string whole() { return text(true); }
  std::string without_run() { return text(false); }

 private:
  std::string text(bool with_run) {
    out_.begin_object();
    out_.key("about").canonical(bundle_.about);
    out_.key("dns");
    add(bundle_.dns);
    out_.key("facts").canonical(bundle_.facts);
    out_.key("maker").text(bundle_.maker);
    out_.key("mediaType").text(kMediaType);
    out_.key("moment").number(seconds(bundle_.moment));
    out_.key("peers").begin_array();
    for (const Handshake& peer : bundle_.peers) add(peer);
    out_.end_array();
    out_.key("rules").number(bundle_.rules);
    if (with_run && bundle_.run) {
      out_.key("run");
      add(*bundle_.run);
    }
    out_.key("verdict").canonical(bundle_.verdict);
    out_.end_object();
    return out_.take();
  }

  void add(const DnsEvidence& dns) {
    out_.begin_object();
    if (!dns.again.empty()) {
      out_.key("again").begin_array();
      for (const AskedAgain& again : dns.again) {
        out_.begin_object().key("answers");
        add(again.answers);
        out_.key("moment").number(seconds(again.moment)).end_object();
      }
      out_.end_array();
    }
    out_.key("answers");
    add(dns.answers);
    out_.key("sets");
    add_octets(dns.sets);
    out_.key("skew").begin_object();
    out_.key("least").number(dns.skew.least.count());
    out_.key("most").number(dns.skew.most.count()).end_object();
    out_.end_object();
  }

  void add(const std::vector<Answer>& answers) {
    out_.begin_array();
    for (const Answer& answer : answers) add(answer);
    out_.end_array();
  }

  void add(const Answer& answer) {
    out_.begin_object();
    if (answer.error) {
      // What went wrong may have words of a peer in it.
      out_.key("error").begin_object();
      out_.key("code").text(base::to_text(answer.error->code));
      out_.key("detail").text(base::to_utf8(answer.error->detail));
      out_.key("kind").number(static_cast<int>(answer.error->kind)).end_object();
      out_.key("name").text(absolute(answer.name));
      out_.key("type").number(answer.type).end_object();
      return;
    }
    out_.key("answer");
    add_indices(answer.answer);
    out_.key("authority");
    add_indices(answer.authority);
    out_.key("name").text(absolute(answer.name));
    out_.key("octets").number(answer.octets);
    out_.key("rcode").number(answer.rcode);
    out_.key("security").text(dns::to_text(answer.security));
    out_.key("type").number(answer.type);
    out_.key("why").text(base::to_utf8(answer.why_bogus)).end_object();
  }

  void add(const Handshake& peer) {
    out_.begin_object();
    out_.key("address").text(peer.address);
    out_.key("answers");
    add_indices(peer.answers);
    out_.key("blind").text(base::to_base64(peer.blind));
    out_.key("host").text(peer.host);
    out_.key("how").text(peer.how);
    out_.key("messages");
    add_octets(peer.messages);
    out_.key("moment").number(seconds(peer.moment));
    out_.key("port").number(peer.port);
    out_.key("previous").text(base::to_base64(peer.previous));
    out_.key("serverName").text(peer.server_name).end_object();
  }

  void add(const RunPlace& run) {
    out_.begin_object();
    out_.key("checkpoint").text(run.checkpoint);
    out_.key("index").number(run.index);
    out_.key("path");
    add_octets(run.path);
    out_.key("stamps");
    add_octets(run.stamps);
    out_.end_object();
  }

  void add_octets(const auto& all) {
    out_.begin_array();
    for (const auto& one : all) out_.text(base::to_base64(one));
    out_.end_array();
  }

  void add_indices(const std::vector<std::size_t>& all) {
    out_.begin_array();
    for (const std::size_t one : all) out_.number(one);
    out_.end_array();
  }

  const Bundle& bundle_;
  CanonicalWriter out_;
};

}  // namespace

std::string absolute(const dns::Name& name) { return name.text() + "."; }

std::string to_json(const Bundle& bundle) { return BundleText(bundle).whole(); }

Octets32 hash_of(const Bundle& bundle) {
  return verify::sha256(base::as_bytes(BundleText(bundle).without_run()));
}

Octets32 hash_of_answers(const DnsEvidence& dns, const std::vector<std::size_t>& which) {
  CanonicalWriter out;
  const auto add_hashes = [&](const std::vector<std::size_t>& sets) {
    out.begin_array();
    for (const std::size_t i : sets) {
      out.text(base::to_base64(verify::sha256(dns.sets[i])));
    }
    out.end_array();
  };
  out.begin_array();
  for (const std::size_t i : which) {
    const Answer& answer = dns.answers[i];
    out.begin_object();
    if (answer.error) {
      out.key("error").text(base::to_text(answer.error->code));
      out.key("name").text(absolute(answer.name));
    } else {
      out.key("answer");
      add_hashes(answer.answer);
      out.key("authority");
      add_hashes(answer.authority);
      out.key("name").text(absolute(answer.name));
      out.key("rcode").number(answer.rcode);
    }
    out.key("type").number(answer.type).end_object();
  }
  out.end_array();
  return verify::sha256(base::as_bytes(out.take()));
}

}  // namespace evidence
