// A delta applied at speed, piece by piece and byte by byte gives the same, and
// nothing is read or written where it should not be.
#include <optional>
#include <string>
#include <vector>

#include "fuzz/fuzz.h"
#include "fuzz/input.h"
#include "fuzz/plain_delta.h"
#include "git/byte_stream.h"
#include "git/delta.h"
#include "support/git/pack_writer.h"

namespace leaksift {
namespace {

constexpr uint64_t kMaxResult = 1 << 20;

std::string padded(std::string_view bytes) {
  return std::string(bytes) + std::string(kDeltaSlack, '\0');
}

Buffer buffer_of(std::string_view bytes, BufferPool& pool) {
  Buffer buffer = pool.get(bytes.size());
  bytes.copy(buffer.data(), bytes.size());
  return buffer;
}

// In pieces of `step` bytes.
std::optional<std::string> apply_as_stream(std::string_view base,
                                           std::string_view delta,
                                           size_t step) {
  BufferPool pool(0);
  BufferStream bytes(buffer_of(delta, pool), delta.size());
  DeltaStream stream(buffer_of(base, pool), base.size(), bytes);
  std::string out;
  std::string piece(step, '?');
  for (;;) {
    const std::optional<size_t> count = stream.read(piece.data(), step);
    if (!count) return std::nullopt;
    out += piece.substr(0, *count);
    if (*count < step) break;
  }
  // Fewer bytes than promised are the reader's to notice.
  if (!stream.sizes() || out.size() != stream.sizes()->result) {
    return std::nullopt;
  }
  return out;
}

void check_runs(const std::vector<CopyRun>& runs, std::string_view base,
                std::string_view result) {
  uint64_t done = 0;
  for (const CopyRun& run : runs) {
    must(run.to >= done && run.size > 0);
    done = run.to + run.size;
    must(done <= result.size() && run.from + run.size <= base.size());
    must(result.substr(run.to, run.size) == base.substr(run.from, run.size));
  }
}

}  // namespace

void fuzz_one(std::string_view input) {
  Input parts(input);
  const std::string_view base = parts.chunk();
  const std::string_view delta = parts.rest();
  const auto sizes = read_delta_sizes(delta);
  if (!sizes || sizes->result > kMaxResult) return;
  const std::string base_room = padded(base);
  const std::string delta_room = padded(delta);
  std::string out(sizes->result + kDeltaSlack, '?');
  std::vector<CopyRun> runs;
  const bool applied =
      apply_delta({base_room.data(), base.size()},
                  {delta_room.data(), delta.size()}, *sizes, out.data(), runs);
  auto expected = apply_plainly(base, delta.substr(sizes->header), kMaxResult);
  const bool fits = expected && expected->size() == sizes->result &&
                    sizes->base == base.size();
  if (!fits) expected.reset();
  must(applied == expected.has_value());
  must(apply_as_stream(base, delta, 7) == expected);
  must(apply_as_stream(base, delta, 4096) == expected);
  if (!applied) return;
  out.resize(sizes->result);
  must(out == *expected);
  check_runs(runs, base, out);
}

std::vector<std::string> fuzz_seeds() {
  const std::string base = "one two three four five six seven eight nine ten";
  const std::string long_base(70'000, 'x');
  return {
      Seed().chunk(base).raw(simple_delta(base, "one two three five")),
      Seed().chunk(base).raw(delta_header(48, 51) + copy_op(4, 30) +
                             insert_op("abc") + copy_op(0, 9) + copy_op(9, 9)),
      Seed().chunk("").raw(delta_header(0, 3) + insert_op("abc")),
      Seed().chunk(long_base).raw(delta_header(70'000, 70'000) +
                                  copy_op(0, 0x10000) + copy_op(0x10000, 4464)),
  };
}

}  // namespace leaksift
