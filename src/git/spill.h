// Objects on the disk, for a while.
#pragma once

#include <cstdint>

#include "git/buffer.h"
#include "git/byte_stream.h"
#include "leaksift/result.h"

namespace leaksift {

// Writes the stream's bytes, which must be `size`, into a temporary file that
// nobody else can see and that goes away with the buffer, and maps it: what is
// read of it is in memory only as long as there is room. The file is in
// $TMPDIR, or else in /var/tmp, which is not in memory as /tmp may be.
//
// Empty if the stream is damaged; fails if the disk is full or not writable.
Result<Buffer> spill(ByteStream& bytes, uint64_t size);

}  // namespace leaksift
