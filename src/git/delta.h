// Git's delta format: how to make an object out of another one.
//
// Two sizes (of base and result, little-endian base 128), then operations: a
// copy of a range of the base, or up to 127 bytes to insert. See gitformat-pack
// in git's documentation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/copy_run.h"

namespace leaksift {

// What apply_delta() may read behind base and delta, and write behind the
// result, beyond their ends: short copies move whole blocks.
inline constexpr size_t kDeltaSlack = 32;

struct DeltaSizes {
  uint64_t base = 0;
  uint64_t result = 0;
  size_t header = 0;  // bytes of the delta that spell the two
};

// Nothing if the header is cut off or a size does not fit in 64 bits.
std::optional<DeltaSizes> read_delta_sizes(std::string_view delta);

// One operation of a delta.
struct DeltaOperation {
  bool copies = false;  // else `size` bytes to insert follow
  uint64_t offset = 0;  // in the base
  uint64_t size = 0;
};

// The longest operation without the bytes that it inserts.
inline constexpr size_t kMaxDeltaOperation = 8;

// Takes the operation at the front of `delta`, but not what it inserts. Nothing
// if it is cut off or means nothing.
std::optional<DeltaOperation> take_delta_operation(std::string_view& delta);

// Writes the result, sizes.result bytes, to `out`, and replaces `runs` by what
// of it was copied, in order; the rest was inserted. False if the delta is not
// for this base, reads beyond it, or does not give exactly the result's size.
// REQUIRES: `sizes` read from `delta`; kDeltaSlack readable bytes behind base
// and delta, as many writable ones behind the result.
bool apply_delta(std::string_view base, std::string_view delta,
                 const DeltaSizes& sizes, char* out,
                 std::vector<CopyRun>& runs);

}  // namespace leaksift
