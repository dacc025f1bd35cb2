// A delta applied at speed and one applied byte by byte give the same, and
// nothing is read or written where it should not be.
#include <optional>
#include <string>
#include <vector>

#include "fuzz/fuzz.h"
#include "git/delta.h"

namespace leaksift {
namespace {

std::optional<uint64_t> operand(std::string_view& delta, unsigned bits,
                                unsigned count) {
  uint64_t value = 0;
  for (unsigned i = 0; i < count; ++i) {
    if ((bits >> i & 1) == 0) continue;
    if (delta.empty()) return std::nullopt;
    value |= uint64_t{static_cast<uint8_t>(delta[0])} << 8 * i;
    delta.remove_prefix(1);
  }
  return value;
}

std::optional<std::string> apply_slowly(std::string_view base,
                                        std::string_view delta, uint64_t size) {
  std::string out;
  while (!delta.empty()) {
    const auto op = static_cast<uint8_t>(delta[0]);
    delta.remove_prefix(1);
    if (op == 0) return std::nullopt;
    if (op < 0x80) {
      if (delta.size() < op) return std::nullopt;
      out += delta.substr(0, op);
      delta.remove_prefix(op);
    } else {
      const auto from = operand(delta, op, 4);
      const auto given = from ? operand(delta, op >> 4, 3) : std::nullopt;
      if (!given) return std::nullopt;
      const uint64_t count = *given == 0 ? 0x10000 : *given;
      if (*from > base.size() || count > base.size() - *from) {
        return std::nullopt;
      }
      out += base.substr(*from, count);
    }
    if (out.size() > size) return std::nullopt;
  }
  if (out.size() != size) return std::nullopt;
  return out;
}

std::string padded(std::string_view bytes) {
  return std::string(bytes) + std::string(kDeltaSlack, '\0');
}

}  // namespace
}  // namespace leaksift

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace leaksift;
  constexpr uint64_t kMaxResult = 1 << 20;
  const auto [base, delta] = two_parts(bytes_of(data, size));
  const auto sizes = read_delta_sizes(delta);
  if (!sizes || sizes->result > kMaxResult) return 0;
  const std::string base_room = padded(base);
  const std::string delta_room = padded(delta);
  std::string out(sizes->result + kDeltaSlack, '?');
  std::vector<CopyRun> runs;
  const bool applied =
      apply_delta({base_room.data(), base.size()},
                  {delta_room.data(), delta.size()}, *sizes, out.data(), runs);
  const auto expected =
      sizes->base == base.size()
          ? apply_slowly(base, delta.substr(sizes->header), sizes->result)
          : std::nullopt;
  must(applied == expected.has_value());
  if (!applied) return 0;
  out.resize(sizes->result);
  must(out == *expected);
  uint64_t done = 0;
  for (const CopyRun& run : runs) {
    must(run.to >= done && run.size > 0);
    done = run.to + run.size;
    must(out.substr(run.to, run.size) == base.substr(run.from, run.size));
  }
  return 0;
}
