#include "core/short_lived.h"

#include <malloc.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <memory>

namespace leaksift {
namespace {

constexpr size_t kHeap = size_t{24} << 20;
constexpr size_t kMostInHeap = size_t{32} << 20;  // in one piece
constexpr size_t kLargePage = size_t{2} << 20;

}  // namespace

void expect_short_life() {
  mallopt(M_ARENA_MAX, 1);
  // glibc takes larger blocks from the heap, too, and gives none back.
  mallopt(M_MMAP_THRESHOLD, static_cast<int>(kMostInHeap));
  mallopt(M_TRIM_THRESHOLD, static_cast<int>(4 * kHeap));
  void* const heap = std::malloc(kHeap);
  if (heap == nullptr) return;
  void* begin = heap;
  size_t size = kHeap;
  if (std::align(kLargePage, kLargePage, begin, size) != nullptr) {
    // It is advice: a kernel that does not take it changes nothing.
    static_cast<void>(madvise(begin, size & ~(kLargePage - 1), MADV_HUGEPAGE));
  }
  // What is before the first large page is left alone: page by page it took a
  // push 150 faults.
  const auto before =
      static_cast<size_t>(static_cast<char*>(begin) - static_cast<char*>(heap));
  std::free(heap);
  // Volatile, or the compiler leaves it out.
  [[maybe_unused]] static void* volatile left_alone = nullptr;
  if (before != 0) left_alone = std::malloc(before);
}

}  // namespace leaksift
