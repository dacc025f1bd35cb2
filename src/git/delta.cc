#include "git/delta.h"

#include <array>
#include <bit>
#include <cstring>

namespace leaksift {
namespace {

// Little-endian base 128.
std::optional<uint64_t> read_size(std::string_view delta, size_t& at) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 63; shift += 7) {
    if (at >= delta.size()) return std::nullopt;
    const auto byte = static_cast<uint8_t>(delta[at++]);
    value |= uint64_t{byte & 0x7fU} << shift;
    if ((byte & 0x80) == 0) return value;
  }
  return std::nullopt;
}

// Most operations are short: moving two blocks of 16 without asking is faster
// than a call that looks at the length. May touch kDeltaSlack bytes too many.
void copy_short(char* to, const char* from, size_t size) {
  std::memcpy(to, from, 16);
  std::memcpy(to + 16, from + 16, 16);
  if (size > kDeltaSlack) {
    std::memcpy(to + kDeltaSlack, from + kDeltaSlack, size - kDeltaSlack);
  }
}

// The same for at most 127 bytes, of which a compiler knows that they are few:
// it makes one of its slow string instructions of a memcpy().
void copy_inserted(char* to, const char* from, size_t size) {
  for (size_t done = 0; done < size; done += kDeltaSlack) {
    std::memcpy(to + done, from + done, 16);
    std::memcpy(to + done + 16, from + done + 16, 16);
  }
}

struct CopyRange {
  uint64_t offset;
  uint64_t size;
};

// The operands of a copy; nothing if they are cut off.
std::optional<CopyRange> read_copy(uint8_t op, const uint8_t*& at,
                                   const uint8_t* end) {
  uint64_t offset = 0;
  uint64_t size = 0;
  for (unsigned i = 0; i < 4; ++i) {
    if ((op & 1U << i) == 0) continue;
    if (at == end) return std::nullopt;
    offset |= uint64_t{*at++} << 8 * i;
  }
  for (unsigned i = 0; i < 3; ++i) {
    if ((op & 0x10U << i) == 0) continue;
    if (at == end) return std::nullopt;
    size |= uint64_t{*at++} << 8 * i;
  }
  return CopyRange{offset, size == 0 ? 0x10000 : size};
}

uint64_t read_le64(const uint8_t* from) {
  uint64_t value;
  std::memcpy(&value, from, sizeof value);
  return std::endian::native == std::endian::little ? value
                                                    : __builtin_bswap64(value);
}

// Which of the bytes behind an operation's first are there. Nearly always they
// are the lowest ones of offset and size: then no bit needs to be asked for.
struct CopyShape {
  uint8_t offset_bytes = 0;
  uint8_t size_bytes = 0;
  bool lowest = false;
};

constexpr std::array<CopyShape, 128> kCopyShapes = [] {
  std::array<CopyShape, 128> shapes{};
  for (unsigned op = 0; op < shapes.size(); ++op) {
    const unsigned offset = op & 15;
    const unsigned size = op >> 4;
    shapes[op] = {static_cast<uint8_t>(std::popcount(offset)),
                  static_cast<uint8_t>(std::popcount(size)),
                  (offset & (offset + 1)) == 0 && (size & (size + 1)) == 0};
  }
  return shapes;
}();

// read_copy() with kDeltaSlack readable bytes behind `end`.
std::optional<CopyRange> read_copy_fast(uint8_t op, const uint8_t*& at,
                                        const uint8_t* end) {
  const CopyShape shape = kCopyShapes[op & 0x7f];
  if (!shape.lowest) return read_copy(op, at, end);
  if (shape.offset_bytes + shape.size_bytes > end - at) return std::nullopt;
  const uint64_t bytes = read_le64(at);
  at += shape.offset_bytes + shape.size_bytes;
  const uint64_t offset = bytes & ((uint64_t{1} << 8 * shape.offset_bytes) - 1);
  const uint64_t size = bytes >> 8 * shape.offset_bytes &
                        ((uint64_t{1} << 8 * shape.size_bytes) - 1);
  return CopyRange{offset, size == 0 ? 0x10000 : size};
}

void add_run(std::vector<CopyRun>& runs, const CopyRun& run) {
  if (!runs.empty()) {
    CopyRun& last = runs.back();
    if (last.to + last.size == run.to && last.from + last.size == run.from) {
      last.size += run.size;
      return;
    }
  }
  runs.push_back(run);
}

}  // namespace

std::optional<DeltaSizes> read_delta_sizes(std::string_view delta) {
  DeltaSizes sizes;
  const std::optional<uint64_t> base = read_size(delta, sizes.header);
  if (!base) return std::nullopt;
  const std::optional<uint64_t> result = read_size(delta, sizes.header);
  if (!result) return std::nullopt;
  sizes.base = *base;
  sizes.result = *result;
  return sizes;
}

std::optional<DeltaOperation> take_delta_operation(std::string_view& delta) {
  if (delta.empty() || delta[0] == 0) return std::nullopt;
  const auto op = static_cast<uint8_t>(delta[0]);
  const auto* const begin = reinterpret_cast<const uint8_t*>(delta.data());
  const uint8_t* at = begin + 1;
  if ((op & 0x80) == 0) {
    delta.remove_prefix(1);
    return DeltaOperation{false, 0, op};
  }
  const std::optional<CopyRange> range =
      read_copy(op, at, begin + delta.size());
  if (!range) return std::nullopt;
  delta.remove_prefix(static_cast<size_t>(at - begin));
  return DeltaOperation{true, range->offset, range->size};
}

bool apply_delta(std::string_view base, std::string_view delta,
                 const DeltaSizes& sizes, char* out,
                 std::vector<CopyRun>& runs) {
  runs.clear();
  if (sizes.base != base.size()) return false;
  const auto* at =
      reinterpret_cast<const uint8_t*>(delta.data()) + sizes.header;
  const auto* const end =
      reinterpret_cast<const uint8_t*>(delta.data()) + delta.size();
  uint64_t room = sizes.result;
  while (at < end) {
    const uint8_t op = *at++;
    if ((op & 0x80) != 0) {
      const std::optional<CopyRange> range = read_copy_fast(op, at, end);
      if (!range || range->size > room || range->size > base.size() ||
          range->offset > base.size() - range->size) {
        return false;
      }
      copy_short(out, base.data() + range->offset, range->size);
      add_run(runs, {sizes.result - room, range->offset, range->size});
      out += range->size;
      room -= range->size;
      continue;
    }
    if (op == 0 || op > room || op > end - at) return false;
    copy_inserted(out, reinterpret_cast<const char*>(at), op);
    out += op;
    at += op;
    room -= op;
  }
  return room == 0;
}

}  // namespace leaksift
