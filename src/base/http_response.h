#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "src/base/error.h"

namespace http {

/// The answer to a GET, as far as it matters here.
struct Response {
  int status = 0;
  std::string media_type;  ///< of Content-Type, in lower case and without parameters
  std::string body;        ///< of an answer with status 200
};

/// Reads one response (RFC 9112), which may come in any pieces. Its body may have a
/// length, be chunked, or end with the connection.
class ResponseReader {
 public:
  /// More of a body than `most_body` octets is an error.
  explicit ResponseReader(std::size_t most_body) : most_body_(most_body) {}

  /// Takes what has come; whether the response is whole, as one with another status than
  /// 200 is with its head. Error kind `temporary`, code `protocol`.
  [[nodiscard]] base::Result<bool> feed(std::string_view octets);
  /// The connection has ended: an error as above if something is missing.
  [[nodiscard]] base::Result<void> finish();
  [[nodiscard]] const Response& response() const { return response_; }

 private:
  enum class State {
    status_line,
    header,
    chunk_size,
    chunk,
    chunk_end,
    trailer,
    body,  ///< of a known length
    rest,  ///< up to the end of the connection
    whole,
  };

  [[nodiscard]] base::Result<void> take_line(std::string_view line);
  [[nodiscard]] base::Result<void> take_status(std::string_view line);
  [[nodiscard]] base::Result<void> take_header(std::string_view line);
  [[nodiscard]] base::Result<void> take_length(std::string_view value);
  [[nodiscard]] base::Result<void> end_head();
  [[nodiscard]] base::Result<void> take_chunk_size(std::string_view line);
  [[nodiscard]] base::Result<void> take_octets(std::string_view& octets);
  [[nodiscard]] bool wants_octets() const {
    return state_ == State::chunk || state_ == State::body || state_ == State::rest;
  }

  std::size_t most_body_;
  State state_ = State::status_line;
  Response response_;
  std::string line_;             // what has come of one
  std::size_t line_octets_ = 0;  // of all lines
  std::uint64_t left_ = 0;       // octets of the body or of a chunk
  std::optional<std::uint64_t> length_;
  bool chunked_ = false;
};

}  // namespace http
