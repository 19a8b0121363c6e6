#include "src/base/http_response.h"

#include <algorithm>
#include <charconv>

#include "src/base/bytes.h"

namespace http {
namespace {

constexpr std::size_t kMostLineOctets = std::size_t{32} * 1024;
constexpr int kOk = 200;

tl::unexpected<base::Error> bad(std::string detail) {
  return base::fail(base::ErrorKind::temporary, base::Code::protocol, std::move(detail));
}

/// A number that is all of a text.
std::optional<std::uint64_t> number_in(std::string_view text, int base) {
  std::uint64_t out = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, out, base);
  if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
  return out;
}

}  // namespace

// HTTP/1.1 SP 200 SP reason (RFC 9112 4)
base::Result<void> ResponseReader::take_status(std::string_view line) {
  constexpr std::size_t kCodeAt = 9, kCodeEnd = 12;
  const auto code = line.starts_with("HTTP/1.") && line.size() >= kCodeEnd
                        ? number_in(line.substr(kCodeAt, kCodeEnd - kCodeAt), 10)
                        : std::nullopt;
  if (!code || line[kCodeAt - 1] != ' ' || *code < 100) {
    return bad("no HTTP: " + base::printable(line, base::kWord));
  }
  response_ = {};
  response_.status = static_cast<int>(*code);
  length_.reset();
  chunked_ = false;
  state_ = State::header;
  return {};
}

base::Result<void> ResponseReader::take_length(std::string_view value) {
  const auto length = number_in(value, 10);
  if (!length || (length_ && *length_ != *length)) return bad("bad Content-Length");
  length_ = length;
  return {};
}

base::Result<void> ResponseReader::take_header(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos ||
      line.substr(0, colon).find_first_of(" \t") != std::string_view::npos) {
    return bad("bad header line: " + base::printable(line, base::kWord));
  }
  const std::string name = base::lower(line.substr(0, colon));
  const std::string value = base::lower(base::trimmed(line.substr(colon + 1)));
  if (name == "content-length") return take_length(value);
  if (name == "content-type") {
    response_.media_type =
        base::trimmed(std::string_view(value).substr(0, value.find(';')));
  } else if (name == "transfer-encoding") {
    if (value != "chunked" || chunked_) return bad("unknown Transfer-Encoding");
    chunked_ = true;
  } else if (name == "content-encoding" && value != "identity") {
    return bad("unwanted Content-Encoding");
  }
  return {};
}

// Which body follows: RFC 9112 6.3.
base::Result<void> ResponseReader::end_head() {
  constexpr int kFirstFinal = 200;
  if (response_.status < kFirstFinal) {
    state_ = State::status_line;
  } else if (response_.status != kOk) {
    state_ = State::whole;
  } else if (chunked_) {
    state_ = State::chunk_size;
  } else if (length_) {
    if (*length_ > most_body_) return bad("the body is too long");
    left_ = *length_;
    state_ = left_ > 0 ? State::body : State::whole;
  } else {
    state_ = State::rest;
  }
  return {};
}

base::Result<void> ResponseReader::take_chunk_size(std::string_view line) {
  constexpr int kHexadecimal = 16;
  const auto size =
      number_in(base::trimmed(line.substr(0, line.find(';'))), kHexadecimal);
  if (!size) return bad("bad chunk");
  if (*size > most_body_) return bad("the body is too long");
  left_ = *size;
  state_ = left_ > 0 ? State::chunk : State::trailer;
  return {};
}

base::Result<void> ResponseReader::take_line(std::string_view line) {
  switch (state_) {
    case State::status_line:
      return take_status(line);
    case State::header:
      return line.empty() ? end_head() : take_header(line);
    case State::chunk_size:
      return take_chunk_size(line);
    case State::chunk_end:
      state_ = State::chunk_size;
      return line.empty() ? base::Result<void>() : bad("bad chunk");
    case State::trailer:
      if (line.empty()) state_ = State::whole;
      return {};
    default:
      return {};
  }
}

base::Result<void> ResponseReader::take_octets(std::string_view& octets) {
  const std::size_t size = state_ == State::rest
                               ? octets.size()
                               : std::min<std::uint64_t>(octets.size(), left_);
  if (response_.body.size() + size > most_body_) return bad("the body is too long");
  response_.body += octets.substr(0, size);
  octets.remove_prefix(size);
  if (state_ == State::rest) return {};
  left_ -= size;
  if (left_ == 0) state_ = state_ == State::chunk ? State::chunk_end : State::whole;
  return {};
}

base::Result<bool> ResponseReader::feed(std::string_view octets) {
  while (!octets.empty() && state_ != State::whole) {
    if (wants_octets()) {
      if (auto taken = take_octets(octets); !taken) return tl::unexpected(taken.error());
      continue;
    }
    const std::size_t end = octets.find('\n');
    line_ += octets.substr(0, end);
    const std::size_t size = end == std::string_view::npos ? octets.size() : end + 1;
    octets.remove_prefix(size);
    line_octets_ += size;
    if (line_octets_ > kMostLineOctets) return bad("too many header lines");
    if (end == std::string_view::npos) break;
    if (line_.ends_with('\r')) line_.pop_back();
    if (auto taken = take_line(line_); !taken) return tl::unexpected(taken.error());
    line_.clear();
  }
  return state_ == State::whole;
}

base::Result<void> ResponseReader::finish() {
  if (state_ == State::rest) state_ = State::whole;
  if (state_ == State::whole) return {};
  return bad("the connection ended before the answer did");
}

}  // namespace http
