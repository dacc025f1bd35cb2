#include "git/inflate.h"

#include <libdeflate.h>

#include <algorithm>
#include <new>

namespace leaksift {
namespace {

struct DecompressorFree {
  void operator()(libdeflate_decompressor* decompressor) const {
    libdeflate_free_decompressor(decompressor);
  }
};

using Decompressor = std::unique_ptr<libdeflate_decompressor, DecompressorFree>;

Decompressor new_decompressor() {
  Decompressor decompressor(libdeflate_alloc_decompressor());
  if (!decompressor) throw std::bad_alloc();
  return decompressor;
}

// Does the zlib stream begin with a block of fixed codes? (RFC 1951, 3.2.3:
// its type stands behind one bit, behind two bytes of zlib's.)
bool begins_fixed(std::string_view stream) {
  return stream.size() > 2 && (static_cast<uint8_t>(stream[2]) >> 1 & 3) == 1;
}

}  // namespace

// A decompressor keeps the tables of fixed codes until it meets other ones.
// Half of a pack's streams have them, in no order: one decompressor for all
// made the tables again for every fifth stream, 5 % of all inflating.
struct Inflater::Impl {
  Decompressor fixed = new_decompressor();
  Decompressor dynamic = new_decompressor();

  libdeflate_decompressor* for_stream(std::string_view stream) const {
    return begins_fixed(stream) ? fixed.get() : dynamic.get();
  }
};

Inflater::Inflater() : impl_(std::make_unique<Impl>()) {}
Inflater::~Inflater() = default;
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;

std::optional<size_t> Inflater::inflate(std::string_view input, char* out,
                                        size_t size) {
  size_t taken = 0;
  size_t written = 0;
  const libdeflate_result result = libdeflate_zlib_decompress_ex(
      impl_->for_stream(input), input.data(), input.size(), out,
      size + kInflateSlack, &taken, &written);
  if (result != LIBDEFLATE_SUCCESS || written != size) return std::nullopt;
  return taken;
}

std::optional<std::string> Inflater::inflate_all(std::string_view input,
                                                 size_t max_size) {
  const uint64_t most =
      std::min<uint64_t>(max_size, max_inflated_size(input.size()));
  std::string out;
  for (uint64_t room = std::min<uint64_t>(input.size() * 4 + 256, most);;
       room = std::min(room * 4, most)) {
    out.resize(room);
    size_t taken = 0;
    size_t written = 0;
    const libdeflate_result result = libdeflate_zlib_decompress_ex(
        impl_->for_stream(input), input.data(), input.size(), out.data(),
        out.size(), &taken, &written);
    if (result == LIBDEFLATE_SUCCESS) {
      out.resize(written);
      return out;
    }
    if (result != LIBDEFLATE_INSUFFICIENT_SPACE || room == most) {
      return std::nullopt;
    }
  }
}

}  // namespace leaksift
