#include "fuzz/plain_delta.h"

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

}  // namespace

std::optional<std::string> apply_plainly(std::string_view base,
                                         std::string_view operations,
                                         uint64_t max_size) {
  std::string out;
  while (!operations.empty()) {
    const auto op = static_cast<uint8_t>(operations[0]);
    operations.remove_prefix(1);
    if (op == 0) return std::nullopt;
    if (op < 0x80) {
      if (operations.size() < op) return std::nullopt;
      out += operations.substr(0, op);
      operations.remove_prefix(op);
    } else {
      const auto from = operand(operations, op, 4);
      const auto given = from ? operand(operations, op >> 4, 3) : std::nullopt;
      if (!given) return std::nullopt;
      const uint64_t count = *given == 0 ? 0x10000 : *given;
      if (*from > base.size() || count > base.size() - *from) {
        return std::nullopt;
      }
      out += base.substr(*from, count);
    }
    if (out.size() > max_size) return std::nullopt;
  }
  return out;
}

}  // namespace leaksift
