#include "git/edge_log.h"

#include <algorithm>
#include <random>

#include "support/catch.h"

using namespace leaksift;

namespace {

struct Entry {
  uint32_t tree = 0;
  EdgeLog::List list;
  EdgeLog::Kept kept;
};

uint32_t below(uint32_t limit, std::mt19937& random) {
  return static_cast<uint32_t>(random() % limit);
}

// Lists of which most are like one of the last few, and some have more.
std::vector<Entry> fill(EdgeLog& log, size_t count, std::mt19937& random) {
  std::vector<Entry> entries;
  for (uint32_t tree = 0; tree < count; ++tree) {
    Entry entry;
    entry.tree = tree * 3;
    const Entry* base = nullptr;
    if (!entries.empty() && random() % 8 != 0) {
      base = &entries[entries.size() - 1 -
                      random() % std::min<size_t>(entries.size(), 100)];
      entry.list = base->list;
      for (size_t i = random() % 4; i > 0; --i) {
        entry.list[random() % entry.list.size()] = below(1'000'000, random);
      }
      if (random() % 8 == 0) entry.list.push_back(below(300, random));
    } else {
      for (size_t i = 1 + random() % (random() % 16 == 0 ? 3000 : 20); i > 0;
           --i) {
        entry.list.push_back(below(~uint32_t{0}, random));
      }
    }
    entry.kept =
        log.add(entry.tree, entry.list, base == nullptr ? nullptr : &base->list,
                base == nullptr ? EdgeLog::Kept() : base->kept);
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace

TEST_CASE("lists of edges come back as they were added, in any order",
          "[git][edge_log]") {
  std::mt19937 random(5);
  EdgeLog log;
  const std::vector<Entry> entries = fill(log, 20'000, random);
  REQUIRE(entries.back().kept.place.block > 3);
  size_t next = 0;
  log.for_each([&](uint32_t tree, const EdgeLog::List& list) {
    REQUIRE(next < entries.size());
    REQUIRE(tree == entries[next].tree);
    REQUIRE(list == entries[next].list);
    ++next;
  });
  CHECK(next == entries.size());
  EdgeLog::Reader reader(log);
  for (int i = 0; i < 20'000; ++i) {
    const Entry& entry = entries[random() % entries.size()];
    REQUIRE(reader.read(entry.kept.place) == entry.list);
  }
}

TEST_CASE(
    "a long line of lists, each like the one before, is read in few steps",
    "[git][edge_log]") {
  EdgeLog log;
  EdgeLog::List list(20, 7);
  EdgeLog::Kept kept = log.add(0, list, nullptr, {});
  for (uint32_t tree = 1; tree < 1000; ++tree) {
    EdgeLog::List next = list;
    next[tree % next.size()] = tree;
    kept = log.add(tree, next, &list, kept);
    CHECK(kept.depth <= 16);
    list = std::move(next);
  }
}

TEST_CASE("an edge is what it was made", "[git][edge_log]") {
  EdgeLog log;
  CHECK(log.make(~uint32_t{0}, 5, true) == 0);
  CHECK(log.make(3, 0x7fffffff, false) == 1);
  CHECK(log.edge(0).to == ~uint32_t{0});
  CHECK(log.edge(0).name == 5);
  CHECK(log.edge(0).target);
  CHECK(log.edge(1).to == 3);
  CHECK(log.edge(1).name == 0x7fffffff);
  CHECK_FALSE(log.edge(1).target);
}
