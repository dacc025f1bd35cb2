// Searches that end near to where they begin.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace leaksift {

// std::partition_point() in steps that double: as quick as going one by one if
// the place is near, and hardly slower than it if it is far.
template <typename Iterator, typename Holds>
Iterator first_not(Iterator begin, Iterator end, Holds holds) {
  for (std::ptrdiff_t step = 1; begin != end; step *= 2) {
    const Iterator far = begin + std::min(step, end - begin);
    if (!holds(*std::prev(far))) return std::partition_point(begin, far, holds);
    begin = far;
  }
  return end;
}

}  // namespace leaksift
