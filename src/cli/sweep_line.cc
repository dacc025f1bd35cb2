#include "cli/sweep_line.h"

#include <unistd.h>

#include <cstdio>

namespace leaksift {

SweepLine::SweepLine(bool wanted)
    : shown_(wanted && ::isatty(STDERR_FILENO) == 1),
      begin_(std::chrono::steady_clock::now()) {}

void SweepLine::draw(const PoolProgress& progress) {
  if (!shown_) return;
  const std::chrono::duration<double> passed =
      std::chrono::steady_clock::now() - begin_;
  const auto done = static_cast<double>(progress.bytes_done);
  const auto left = static_cast<double>(progress.bytes - progress.bytes_done);
  const double seconds = done > 0 ? passed.count() * left / done : 0;
  std::fprintf(stderr,
               "\r\033[K%zu of %zu repositories, %.2f of %.2f GB of packs, "
               "%zu failed, about %.0f s left",
               progress.done + progress.failed, progress.units, done / 1e9,
               static_cast<double>(progress.bytes) / 1e9, progress.failed,
               seconds);
}

void SweepLine::clear() {
  if (shown_) std::fputs("\r\033[K", stderr);
}

}  // namespace leaksift
