#include "git/object_numbers.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include "support/catch.h"

using namespace leaksift;

namespace {

constexpr size_t kIdSize = 20;

// Some begin alike, as somebody may take pains to have them.
std::string random_id(std::mt19937& random) {
  std::string id(kIdSize, 0);
  for (char& byte : id) byte = static_cast<char>(random());
  if (random() % 4 == 0) id.replace(0, 8, "the same");
  return id;
}

struct Ids {
  std::vector<std::string> runs;  // ids, one behind another
  std::map<std::string, uint32_t> first;

  ObjectNumbers numbers() const {
    std::vector<ObjectNumbers::Run> list;
    for (const std::string& run : runs) {
      list.push_back(
          {run.data(), kIdSize, static_cast<uint32_t>(run.size() / kIdSize)});
    }
    return {HashKind::kSha1, std::move(list)};
  }
};

Ids make_ids(size_t run_count, bool sorted, std::mt19937& random) {
  Ids ids;
  uint32_t number = 0;
  for (size_t r = 0; r < run_count; ++r) {
    std::vector<std::string> list;
    for (size_t i = random() % 400; i > 0; --i) {
      list.push_back(random_id(random));
    }
    // Of those of other runs, too.
    for (const auto& [id, n] : ids.first) {
      if (random() % 8 == 0) list.push_back(id);
    }
    if (sorted) std::sort(list.begin(), list.end());
    std::string run;
    for (const std::string& id : list) {
      run += id;
      ids.first.emplace(id, number++);
    }
    ids.runs.push_back(std::move(run));
  }
  return ids;
}

}  // namespace

TEST_CASE("an object is found under its first number, in any order of ids",
          "[git][object_numbers]") {
  std::mt19937 random(11);
  for (const bool sorted : {true, false}) {
    for (const size_t run_count : {0U, 1U, 2U, 9U}) {
      const Ids ids = make_ids(run_count, sorted, random);
      const ObjectNumbers numbers = ids.numbers();
      std::string all;
      std::vector<uint32_t> expected;
      uint32_t number = 0;
      for (uint32_t run = 0; run < run_count; ++run) {
        CHECK(numbers.begin_of(run) == number);
        for (size_t at = 0; at < ids.runs[run].size(); at += kIdSize) {
          const std::string id = ids.runs[run].substr(at, kIdSize);
          REQUIRE(numbers.raw_id(number) == id);
          REQUIRE(numbers.run_of(number) == run);
          REQUIRE(numbers.find(id.data()) == ids.first.at(id));
          all += id;
          expected.push_back(ids.first.at(id));
          ++number;
        }
      }
      CHECK(numbers.size() == number);
      for (int i = 0; i < 100; ++i) {
        const std::string id = random_id(random);
        if (ids.first.contains(id)) continue;
        REQUIRE(numbers.find(id.data()) == ObjectNumbers::kNone);
        all += id;
        expected.push_back(ObjectNumbers::kNone);
      }
      std::vector<uint32_t> found;
      numbers.find_all(all, found);
      CHECK(found == expected);
    }
  }
}
