#include "hook/slots.h"

#include <fcntl.h>
#include <unistd.h>

#include <thread>
#include <utility>
#include <vector>

#include "hook/durable.h"

namespace leaksift {
namespace {

constexpr unsigned kMode = 0600;
constexpr std::chrono::milliseconds kPause{2};

}  // namespace

Result<std::optional<FileHandle>> take_slot(
    const std::string& folder, uint32_t count,
    std::chrono::steady_clock::time_point until) {
  if (Status made = make_folders(folder); !made) return std::move(made).error();
  std::vector<FileHandle> slots;
  for (uint32_t i = 0; i < count; ++i) {
    const std::string path = folder + "/slot." + std::to_string(i + 1);
    Result<FileHandle> slot = open_own(path, O_CREAT, kMode);
    if (!slot) return std::move(slot).error();
    if (try_lock(*slot)) return std::optional(*std::move(slot));
    slots.push_back(*std::move(slot));
  }
  while (std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(kPause);
    for (FileHandle& slot : slots) {
      if (try_lock(slot)) return std::optional(std::move(slot));
    }
  }
  return std::optional<FileHandle>();
}

}  // namespace leaksift
