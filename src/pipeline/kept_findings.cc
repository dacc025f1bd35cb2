#include "pipeline/kept_findings.h"

#include <algorithm>
#include <string>
#include <utility>

namespace leaksift {
namespace {

bool by_id(const ObjectFindings& a, const ObjectFindings& b) {
  return a.id < b.id;
}

uint64_t bytes_of(const ObjectFindings& object) {
  return sizeof object + bytes_of(object.matches);
}

}  // namespace

void KeptFindings::add(ObjectFindings object) {
  const uint64_t bytes = bytes_of(object);
  const std::lock_guard lock(mutex_);
  if (lowest_dropped_ && *lowest_dropped_ < object.id) return drop(object);
  held_ += bytes;
  heap_.push_back(std::move(object));
  std::push_heap(heap_.begin(), heap_.end(), by_id);
  while (held_ > budget_ && heap_.size() > 1) {
    std::pop_heap(heap_.begin(), heap_.end(), by_id);
    held_ -= bytes_of(heap_.back());
    lowest_dropped_ = heap_.back().id;
    drop(heap_.back());
    heap_.pop_back();
  }
}

void KeptFindings::drop(const ObjectFindings& object) {
  coverage_.skip(dropped_of(object.id.hex(hash_), object.matches.size()));
}

std::vector<ObjectFindings> KeptFindings::take() {
  std::sort(heap_.begin(), heap_.end(), by_id);
  held_ = 0;
  lowest_dropped_.reset();
  return std::exchange(heap_, {});
}

Coverage KeptFindings::take_coverage() {
  return std::exchange(coverage_, {});
}

}  // namespace leaksift
