#include "cli/progress_bar.h"

#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <string>

#include "core/text.h"

namespace leaksift {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kInterval = std::chrono::milliseconds(100);
constexpr auto kQuiet = std::chrono::milliseconds(300);  // short runs show none

std::string clock_text(double seconds) {
  const auto whole = static_cast<unsigned>(std::lround(seconds));
  char text[32];
  std::snprintf(text, sizeof text, "%u:%02u", whole / 60, whole % 60);
  return text;
}

// "[=====>    ] 52 %, 1.2 GB/s, 0:03 left" or, with no total,
// "12,345 files, 1.2 GB/s".
std::string line_for(const Progress& progress, double seconds) {
  const uint64_t total = progress.total.load(std::memory_order_relaxed);
  const uint64_t done = progress.done.load(std::memory_order_relaxed);
  const uint64_t bytes = progress.bytes.load(std::memory_order_relaxed);
  const double rate = static_cast<double>(bytes) / seconds;
  const std::string speed = human_bytes(static_cast<uint64_t>(rate)) + "/s";
  if (total == 0 || done == 0) {
    return std::to_string(done) + " scanned, " + human_bytes(bytes) + ", " +
           speed;
  }
  constexpr size_t kWidth = 30;
  const double share =
      std::min(static_cast<double>(done) / static_cast<double>(total), 1.0);
  const auto filled = static_cast<size_t>(share * kWidth);
  std::string bar(filled, '=');
  bar.resize(kWidth, ' ');
  if (filled < kWidth) bar[filled] = '>';
  const double left = seconds / share - seconds;
  return "[" + bar + "] " + std::to_string(static_cast<int>(share * 100)) +
         " %, " + human_bytes(bytes) + ", " + speed + ", " + clock_text(left) +
         " left";
}

}  // namespace

ProgressBar::ProgressBar(const Progress& progress, bool wanted)
    : progress_(progress) {
  if (wanted && isatty(STDERR_FILENO) != 0) {
    thread_ = std::thread([this] { draw_until_done(); });
  }
}

ProgressBar::~ProgressBar() {
  done_ = true;
  if (thread_.joinable()) thread_.join();
}

void ProgressBar::draw_until_done() {
  const Clock::time_point start = Clock::now();
  bool drawn = false;
  while (!done_) {
    std::this_thread::sleep_for(kInterval);
    const Clock::duration passed = Clock::now() - start;
    if (passed < kQuiet) continue;
    const std::string line =
        line_for(progress_, std::chrono::duration<double>(passed).count());
    std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
    std::fflush(stderr);
    drawn = true;
  }
  if (drawn) std::fprintf(stderr, "\r\x1b[K");
}

}  // namespace leaksift
