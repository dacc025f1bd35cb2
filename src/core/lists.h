// Many lists in two arrays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace leaksift {

// One list for each number below a count.
template <typename T>
struct Lists {
  std::vector<uint32_t> first;  // in items; one more than lists
  std::vector<T> items;

  std::span<const T> of(uint32_t number) const {
    return {items.data() + first[number], items.data() + first[number + 1]};
  }
  std::span<T> of(uint32_t number) {
    return {items.data() + first[number], items.data() + first[number + 1]};
  }
};

// Each list has its items in the order in which `for_each` hands them on: it is
// called twice, with a function that takes a list's number and an item.
template <typename T, typename ForEach>
Lists<T> listed(size_t count, const ForEach& for_each) {
  Lists<T> lists;
  // While items are filled in, a list's place says where its next one goes, and
  // so ends up as where the list ends: that is where the one behind begins.
  std::vector<uint32_t>& first = lists.first;
  first.resize(count + 2);
  for_each([&](uint32_t number, const T&) { ++first[number + 2]; });
  for (size_t i = 2; i < first.size(); ++i) first[i] += first[i - 1];
  lists.items.resize(first.back());
  for_each([&](uint32_t number, const T& item) {
    lists.items[first[number + 1]++] = item;
  });
  first.pop_back();
  return lists;
}

}  // namespace leaksift
