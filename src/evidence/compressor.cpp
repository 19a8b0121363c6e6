#include "src/evidence/compressor.h"

#include <zlib.h>

#include <new>

namespace evidence {
namespace {

constexpr int kRaw = -15;  // the largest window, no header
constexpr int kMemory = 8;

Bytef* as_input(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

}  // namespace

void Compressor::End::operator()(z_stream_s* stream) const {
  deflateEnd(stream);
  delete stream;
}

Compressor::Compressor() {
  auto stream = std::make_unique<z_stream_s>();
  if (deflateInit2(stream.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, kRaw, kMemory,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  stream_.reset(stream.release());
}

base::Bytes Compressor::compress(std::string_view text, std::string_view dictionary) {
  z_stream_s* stream = stream_.get();
  deflateReset(stream);
  deflateSetDictionary(stream, as_input(dictionary),
                       static_cast<uInt>(dictionary.size()));
  base::Bytes out(deflateBound(stream, text.size()));
  stream->next_in = as_input(text);
  stream->avail_in = static_cast<uInt>(text.size());
  stream->next_out = reinterpret_cast<Bytef*>(out.data());
  stream->avail_out = static_cast<uInt>(out.size());
  deflate(stream, Z_FINISH);
  out.resize(out.size() - stream->avail_out);
  return out;
}

std::optional<std::string> decompress(base::ByteView data, std::string_view dictionary,
                                      std::size_t most) {
  z_stream_s stream{};
  if (inflateInit2(&stream, kRaw) != Z_OK) throw std::bad_alloc();
  inflateSetDictionary(&stream, as_input(dictionary),
                       static_cast<uInt>(dictionary.size()));
  stream.next_in = as_input(base::as_text(data));
  stream.avail_in = static_cast<uInt>(data.size());
  std::string out;
  int state = Z_OK;
  while (state == Z_OK && out.size() <= most) {
    constexpr std::size_t kAtOnce = 65536;
    const std::size_t size = out.size();
    out.resize(size + kAtOnce);
    stream.next_out = as_input(std::string_view(out).substr(size));
    stream.avail_out = kAtOnce;
    state = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
  }
  const bool whole = state == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  if (!whole || out.size() > most) return std::nullopt;
  return out;
}

}  // namespace evidence
