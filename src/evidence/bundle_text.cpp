// The text of a bundle. Each is hashed for its place in a run, and peers sign behind the
// hash of answers: an audit writes two such texts for each domain, so they are written
// as they stand, without a value of JSON in between. The members of each object stand
// here in the order that RFC 8785 gives them.
#include "src/base/pem.h"
#include "src/evidence/bundle_json.h"
#include "src/evidence/canonical_json.h"
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
    out_.key("about").raw(bundle_.about);
    out_.key("dns");
    add(bundle_.dns);
    out_.key("facts").raw(bundle_.facts);
    out_.key("maker").value(bundle_.maker);
    out_.key("mediaType").value(kMediaType);
    out_.key("moment").value(seconds(bundle_.moment));
    out_.key("peers").begin_array();
    for (const Handshake& peer : bundle_.peers) add(peer);
    out_.end_array();
    out_.key("rules").value(bundle_.rules);
    if (with_run && bundle_.run) {
      out_.key("run");
      add(*bundle_.run);
    }
    out_.key("verdict").raw(bundle_.verdict);
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
        out_.key("moment").value(seconds(again.moment)).end_object();
      }
      out_.end_array();
    }
    out_.key("answers");
    add(dns.answers);
    out_.key("sets");
    add_octets(dns.sets);
    out_.key("skew").begin_object();
    out_.key("least").value(dns.skew.least.count());
    out_.key("most").value(dns.skew.most.count()).end_object();
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
      out_.key("code").value(base::to_text(answer.error->code));
      out_.key("detail").value(base::to_utf8(answer.error->detail));
      out_.key("kind").value(static_cast<int>(answer.error->kind)).end_object();
      out_.key("name").value(absolute(answer.name));
      out_.key("type").value(answer.type).end_object();
      return;
    }
    out_.key("answer");
    add_indices(answer.answer);
    out_.key("authority");
    add_indices(answer.authority);
    out_.key("name").value(absolute(answer.name));
    out_.key("octets").value(answer.octets);
    out_.key("rcode").value(answer.rcode);
    out_.key("security").value(dns::to_text(answer.security));
    out_.key("type").value(answer.type);
    out_.key("why").value(base::to_utf8(answer.why_bogus)).end_object();
  }

  void add(const Handshake& peer) {
    out_.begin_object();
    out_.key("address").value(peer.address);
    out_.key("answers");
    add_indices(peer.answers);
    out_.key("blind").value(base::to_base64(peer.blind));
    out_.key("host").value(peer.host);
    out_.key("how").value(peer.how);
    out_.key("messages");
    add_octets(peer.messages);
    out_.key("moment").value(seconds(peer.moment));
    out_.key("port").value(peer.port);
    out_.key("previous").value(base::to_base64(peer.previous));
    out_.key("serverName").value(peer.server_name).end_object();
  }

  void add(const RunPlace& run) {
    out_.begin_object();
    out_.key("checkpoint").value(run.checkpoint);
    out_.key("index").value(run.index);
    out_.key("path");
    add_octets(run.path);
    out_.key("stamps");
    add_octets(run.stamps);
    out_.end_object();
  }

  void add_octets(const auto& all) {
    out_.begin_array();
    for (const auto& one : all) out_.value(base::to_base64(one));
    out_.end_array();
  }

  void add_indices(const std::vector<std::size_t>& all) {
    out_.begin_array();
    for (const std::size_t one : all) out_.value(one);
    out_.end_array();
  }

  const Bundle& bundle_;
  base::JsonWriter out_ = canonical_writer();
};

}  // namespace

std::string absolute(const dns::Name& name) { return name.text() + "."; }

std::string to_json(const Bundle& bundle) { return BundleText(bundle).whole(); }

Octets32 hash_of(const Bundle& bundle) {
  return verify::sha256(base::as_bytes(BundleText(bundle).without_run()));
}

Octets32 hash_of_answers(const DnsEvidence& dns, const std::vector<std::size_t>& which) {
  base::JsonWriter out = canonical_writer();
  const auto add_hashes = [&](const std::vector<std::size_t>& sets) {
    out.begin_array();
    for (const std::size_t i : sets) {
      out.value(base::to_base64(verify::sha256(dns.sets[i])));
    }
    out.end_array();
  };
  out.begin_array();
  for (const std::size_t i : which) {
    const Answer& answer = dns.answers[i];
    out.begin_object();
    if (answer.error) {
      out.key("error").value(base::to_text(answer.error->code));
      out.key("name").value(absolute(answer.name));
    } else {
      out.key("answer");
      add_hashes(answer.answer);
      out.key("authority");
      add_hashes(answer.authority);
      out.key("name").value(absolute(answer.name));
      out.key("rcode").value(answer.rcode);
    }
    out.key("type").value(answer.type).end_object();
  }
  out.end_array();
  return verify::sha256(base::as_bytes(out.take()));
}

}  // namespace evidence
