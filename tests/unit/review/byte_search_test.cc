#include "review/byte_search.h"

#include <set>

#include "support/catch.h"
#include "support/random.h"

using namespace leaksift;

namespace {

std::set<uint32_t> found_by(const ByteSearch& search, std::string_view text,
                            size_t min_bytes = 0) {
  ByteSearcher searcher(search);
  std::set<uint32_t> found;
  searcher.find(text, min_bytes,
                [&](uint32_t one) { CHECK(found.insert(one).second); });
  return found;
}

}  // namespace

TEST_CASE("strings of any length are found wherever they stand",
          "[review][search]") {
  Random random(4711);
  auto some = [&](uint64_t size) {
    std::string bytes;
    for (uint64_t i = 0; i < size; ++i) {
      bytes.push_back("ab\0"[random.below(3)]);
    }
    return bytes;
  };
  for (int round = 0; round < 40; ++round) {
    std::vector<std::string> strings;
    for (int i = 0; i < 30; ++i) strings.push_back(some(6 + random.below(40)));
    const ByteSearch search(strings);
    std::string text = some(60);
    for (int i = 0; i < 5; ++i) {
      text += strings[random.below(strings.size())] + some(random.below(9));
    }
    std::set<uint32_t> want;
    std::set<uint32_t> want_long;
    for (uint32_t i = 0; i < strings.size(); ++i) {
      if (text.find(strings[i]) == std::string::npos) continue;
      want.insert(i);
      if (strings[i].size() >= 8) want_long.insert(i);
    }
    REQUIRE(found_by(search, text) == want);
    REQUIRE(found_by(search, text, 8) == want_long);
  }
}

TEST_CASE("strings that are hard to tell apart are", "[review][search]") {
  // One key, one size, and one key of many sizes.
  std::vector<std::string> strings;
  for (int i = 100; i < 200; ++i) {
    strings.push_back(std::to_string(i) + "middle" + std::to_string(i));
  }
  for (size_t size = 6; size < 40; ++size) strings.emplace_back(size, 'a');
  strings.emplace_back("aaaaaaa");  // twice
  const ByteSearch search(strings);
  CHECK(found_by(search, "x150middle150x") == std::set<uint32_t>{50});
  CHECK(found_by(search, "150middle151").empty());
  CHECK(found_by(search, "aaaaaaa") == std::set<uint32_t>{100, 101, 134});
  CHECK(found_by(search, std::string(100, 'a')).size() == 35);
  CHECK(found_by(search, "aaaaa").empty());
  CHECK(found_by(search, "").empty());
}
