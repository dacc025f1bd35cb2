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

}  // namespace

struct Inflater::Impl {
  std::unique_ptr<libdeflate_decompressor, DecompressorFree> decompressor{
      libdeflate_alloc_decompressor()};
};

Inflater::Inflater() : impl_(std::make_unique<Impl>()) {
  if (!impl_->decompressor) throw std::bad_alloc();
}
Inflater::~Inflater() = default;
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;

std::optional<size_t> Inflater::inflate(std::string_view input, char* out,
                                        size_t size) {
  size_t taken = 0;
  size_t written = 0;
  const libdeflate_result result =
      libdeflate_zlib_decompress_ex(impl_->decompressor.get(), input.data(),
                                    input.size(), out, size, &taken, &written);
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
        impl_->decompressor.get(), input.data(), input.size(), out.data(),
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
