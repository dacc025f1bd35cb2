#include "hook/isolated_scan.h"

#include <utility>

#include "core/short_lived.h"
#include "hook/isolated.h"
#include "hook/push_scan_bytes.h"

namespace leaksift {

IsolatedScan scan_isolated(const PushTask& task,
                           std::chrono::steady_clock::time_point until) {
  Outcome outcome = run_isolated(
      [&] {
        expect_short_life();
        return to_bytes(scan_push(task));
      },
      until);
  switch (outcome.kind) {
    case Outcome::Kind::kLate:
      return {std::nullopt, true, {}};
    case Outcome::Kind::kFailed:
      return {std::nullopt, false, std::move(outcome.detail)};
    case Outcome::Kind::kDone:
      break;
  }
  Result<PushScan> scan = push_scan_from(outcome.bytes);
  if (!scan) return {std::nullopt, false, scan.error().message()};
  return {*std::move(scan), false, {}};
}

}  // namespace leaksift
