#include "src/evidence/canonical_json.h"

#include <algorithm>
#include <utility>

namespace evidence {
namespace {

/// Brackets that are open at once, at most: the parser itself has no bound, and whoever
/// writes its value out follows them by recursion.
int depth_of(std::string_view text) {
  int depth = 0, deepest = 0;
  bool quoted = false, escaped = false;
  for (const char c : text) {
    if (quoted) {
      quoted = escaped || c != '"';
      escaped = !escaped && c == '\\';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      deepest = std::max(deepest, ++depth);
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return deepest;
}

/// By the library, but where it has nothing to do: nearly every text is plain, and it
/// looks at each octet for long.
void append_canonical(std::string& out, std::string_view text) {
  const bool is_plain = std::ranges::all_of(
      text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
  if (is_plain) {
    out += text;
    return;
  }
  const std::string quoted =
      Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  out.append(quoted, 1, quoted.size() - 2);
}

/// Follows what nests by recursion: values are ours, or come from `read_json`.
// NOLINTNEXTLINE(misc-no-recursion)
void write(const Json& value, base::JsonWriter& out) {
  if (value.is_object()) {
    out.begin_object();
    for (const auto& [name, member] : value.items()) {
      out.key(name);
      write(member, out);
    }
    out.end_object();
  } else if (value.is_array()) {
    out.begin_array();
    for (const Json& one : value) write(one, out);
    out.end_array();
  } else if (value.is_string()) {
    out.value(value.get_ref<const std::string&>());
  } else {
    out.raw(value.dump());
  }
}

/// Follows what nests by recursion, which `read_json` has bounded.
// NOLINTNEXTLINE(misc-no-recursion)
bool has_fraction(const Json& value) {
  return value.is_number_float() ||
         (value.is_structured() && std::ranges::any_of(value, has_fraction));
}

}  // namespace

tl::unexpected<base::Error> does_not_hold(std::string why) {
  return base::fail(base::ErrorKind::permanent, base::Code::bad_evidence, std::move(why));
}

base::JsonWriter canonical_writer() { return base::JsonWriter(append_canonical); }

std::string canonical(const Json& value) {
  base::JsonWriter out = canonical_writer();
  write(value, out);
  return out.take();
}

base::Result<Json> read_json(std::string_view text) {
  if (text.size() > kMostOctets) return does_not_hold("a text of more than 16 MiB");
  if (depth_of(text) > kDeepest) return does_not_hold("JSON that is nested too deep");
  // Without the parser's callback, with which arrays take time by the square.
  Json out = Json::parse(text, nullptr, false);
  if (out.is_discarded()) return does_not_hold("no JSON text");
  if (has_fraction(out)) return does_not_hold("a number that is no integer");
  return out;
}

base::Result<Json> read_canonical(std::string_view text) {
  auto out = read_json(text);
  if (out && canonical(*out) != text) {
    return does_not_hold("JSON that is not in canonical form (RFC 8785)");
  }
  return out;
}

}  // namespace evidence
