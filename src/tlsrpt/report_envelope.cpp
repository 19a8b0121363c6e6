// What a report comes in.
//
// Reports are mailed to an address that stands in the DNS, so anybody sends there what he
// likes, and an administrator opens the file that a mail program has saved for him. What
// can be made to grow has a bound: the JSON that comes out of gzip, which packs a
// thousand to one, and the depth and number of the parts of a message. A part is known by
// what it holds rather than by what it is called, since mail programs and gateways change
// types and names: the first one that is no text and, decoded, begins as gzip or as a
// JSON object.
#include "src/tlsrpt/report_envelope.h"

#include <zlib.h>

#include <algorithm>
#include <optional>

#include "src/base/bytes.h"
#include "src/base/pem.h"

namespace tlsrpt {
namespace {

constexpr int kMostDepth = 8;             // of messages and multiparts within each other
constexpr std::size_t kMostParts = 1000;  // that are looked at, in all

tl::unexpected<base::Error> bad(std::string detail) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_file, std::move(detail));
}

bool is_gzip(std::string_view octets) { return octets.starts_with("\x1f\x8b"); }

/// Without a byte order mark and the blanks that a text begins with.
std::string_view begun(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}

bool is_object(std::string_view text) { return begun(text).starts_with('{'); }

base::Result<std::string> unzipped(std::string_view octets) {
  constexpr int kGzip = 15 + 16;  // the largest window, a gzip header (zlib.h)
  constexpr std::size_t kChunk = 64 * 1024;
  z_stream stream{};
  if (inflateInit2(&stream, kGzip) != Z_OK) return bad("gzip cannot be read here");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(octets.data()));
  stream.avail_in = static_cast<uInt>(octets.size());
  std::string out;
  int state = Z_OK;
  while (state == Z_OK && out.size() <= kMostReport) {
    const std::size_t before = out.size();
    out.resize(before + kChunk);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = kChunk;
    state = inflate(&stream, Z_NO_FLUSH);
    out.resize(before + kChunk - stream.avail_out);
  }
  inflateEnd(&stream);
  if (out.size() > kMostReport) return bad("more than 10 MiB come out of its gzip");
  if (state != Z_STREAM_END) return bad("its gzip is broken, or cut off");
  return out;
}

/// JSON out of what a file or a part of a message holds; nothing if it is neither form.
std::optional<base::Result<std::string>> json_of(std::string_view octets) {
  if (is_gzip(octets)) {
    auto text = unzipped(octets);
    if (text) text->erase(0, text->size() - begun(*text).size());
    return text;
  }
  if (!is_object(octets)) return std::nullopt;
  if (octets.size() > kMostReport) return bad("it has more than 10 MiB");
  return std::string(begun(octets));
}

/// The fields of a header that say what stands behind it (RFC 2045).
struct PartHeader {
  std::string type;      ///< `multipart/report`, in small letters; empty: none is said
  std::string boundary;  ///< of a multipart
  std::string encoding;  ///< in small letters
};

/// Takes the next line off a text, without its end.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// The value of `boundary=` among the parameters of a field (RFC 2046 5.1.1).
std::string boundary_in(std::string_view field) {
  const std::size_t at = base::lower(field).find("boundary=");
  if (at == std::string::npos) return {};
  std::string_view value = field.substr(at + std::string_view("boundary=").size());
  if (value.starts_with('"')) {
    value.remove_prefix(1);
    return std::string(value.substr(0, value.find('"')));
  }
  return std::string(value.substr(0, value.find_first_of("; \t")));
}

void take_field(std::string_view field, PartHeader& out) {
  const std::size_t colon = field.find(':');
  if (colon == std::string_view::npos) return;
  const std::string name = base::lower(base::trimmed(field.substr(0, colon)));
  const std::string_view value = base::trimmed(field.substr(colon + 1));
  if (name == "content-type") {
    out.type = base::lower(base::trimmed(value.substr(0, value.find(';'))));
    out.boundary = boundary_in(value);
  }
  if (name == "content-transfer-encoding") out.encoding = base::lower(value);
}

/// Takes a header with its empty line off a text (RFC 5322 2.2).
PartHeader take_header(std::string_view& text) {
  constexpr std::size_t kMostField = 4096;
  PartHeader out;
  std::string field;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const bool continued = line.starts_with(' ') || line.starts_with('\t');
    if (!continued) {
      take_field(field, out);
      field.clear();
    }
    if (line.empty()) return out;
    if (field.size() + line.size() <= kMostField) field += line;
  }
  take_field(field, out);
  return out;
}

/// The octets that quoted-printable stands for (RFC 2045 6.7); what is none stays.
std::string from_quoted_printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const char c = text.front();
    if (c == '=' && text.size() > 1 && (text[1] == '\n' || text.starts_with("=\r\n"))) {
      text.remove_prefix(text[1] == '\n' ? 2 : 3);
      continue;
    }
    const auto octet = c == '=' ? base::from_hex(text.substr(1, 2)) : std::nullopt;
    if (octet && octet->size() == 1) {
      out += static_cast<char>(octet->front());
      text.remove_prefix(3);
      continue;
    }
    out += c;
    text.remove_prefix(1);
  }
  return out;
}

std::string decoded(std::string_view body, const std::string& encoding) {
  if (encoding == "quoted-printable") return from_quoted_printable(body);
  if (encoding != "base64") return std::string(body);
  const auto octets = base::from_base64(body);
  return octets ? std::string(base::as_text(*octets)) : "";
}

/// The line between two parts of a multipart, or behind the last (RFC 2046 5.1.1).
struct Delimiter {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool is_last = false;
};

/// The next such line, `line` being `--` and the boundary, from the beginning of some
/// line on.
std::optional<Delimiter> next_delimiter(std::string_view body, std::string_view line,
                                        std::size_t from) {
  for (std::size_t at = from;;) {
    at = body.find(line, at);
    if (at == std::string_view::npos) return std::nullopt;
    if (at == from || body[at - 1] == '\n') {
      std::string_view rest = body.substr(at + line.size());
      const std::string_view behind = base::trimmed(take_line(rest));
      if (behind.empty() || behind == "--") {
        return Delimiter{at, body.size() - rest.size(), !behind.empty()};
      }
    }
    at += line.size();
  }
}

/// Looks through a message for a report.
class Message {
 public:
  /// The first report in a message or part, its header in front; nothing if there is
  /// none.
  std::optional<base::Result<std::string>> find(std::string_view text, int depth = 0);

 private:
  std::optional<base::Result<std::string>> find_in_parts(std::string_view body,
                                                         const std::string& boundary,
                                                         int depth);
  std::size_t parts_ = 0;
};

std::optional<base::Result<std::string>> Message::find(std::string_view text, int depth) {
  if (depth > kMostDepth || ++parts_ > kMostParts) return std::nullopt;
  const PartHeader header = take_header(text);
  if (header.type.starts_with("multipart/")) {
    return find_in_parts(text, header.boundary, depth);
  }
  const std::string body = decoded(text, header.encoding);
  if (header.type.starts_with("message/")) return find(body, depth + 1);
  if (header.type.starts_with("text/") && !is_gzip(body)) return std::nullopt;
  return json_of(body);
}

std::optional<base::Result<std::string>> Message::find_in_parts(
    std::string_view body, const std::string& boundary, int depth) {
  constexpr std::size_t kMostBoundary = 70;  // RFC 2046 5.1.1
  if (boundary.empty() || boundary.size() > kMostBoundary) return std::nullopt;
  const std::string line = "--" + boundary;
  auto here = next_delimiter(body, line, 0);
  while (here && !here->is_last && parts_ <= kMostParts) {
    // The last part of a message that was cut off has no delimiter behind it.
    const auto next = next_delimiter(body, line, here->end);
    const std::size_t end = next ? next->begin : body.size();
    std::string_view part = body.substr(here->end, end - here->end);
    // The end of the line before a delimiter is the delimiter's.
    if (part.ends_with('\n')) part.remove_suffix(1);
    if (part.ends_with('\r')) part.remove_suffix(1);
    if (auto found = find(part, depth + 1)) return found;
    here = next;
  }
  return std::nullopt;
}

}  // namespace

base::Result<std::string> report_in(std::string_view octets) {
  if (auto json = json_of(octets)) return *json;
  if (auto json = Message().find(octets)) return *json;
  return bad("neither JSON, gzip nor a mail message with a TLS report in it");
}

}  // namespace tlsrpt
