// The sightings of a scan, as many as may be held.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "findings/group.h"

namespace leaksift {

// One secret may stand at any number of paths: a tree of a few KB can name a
// file of secrets ten thousand times.
class SightingList {
 public:
  // `bytes`: what all together may take.
  explicit SightingList(uint64_t bytes) : budget_(bytes) {}

  // Of no effect from the first one on that does not fit.
  void add(Sighting sighting);
  bool is_cut() const { return cut_; }

  std::vector<Sighting> take() { return std::exchange(all_, {}); }

 private:
  const uint64_t budget_;
  uint64_t held_ = 0;
  bool cut_ = false;
  std::vector<Sighting> all_;
};

}  // namespace leaksift
