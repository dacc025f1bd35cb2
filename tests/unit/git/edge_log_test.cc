#include "git/edge_log.h"

#include <algorithm>
#include <random>
#include <utility>

#include "support/catch.h"

using namespace leaksift;

namespace {

struct Entry {
  uint32_t tree = 0;
  EdgeLog::Kept edges;
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
    EdgeLog::List& list = entry.edges.list;
    const Entry* base = nullptr;
    if (!entries.empty() && random() % 8 != 0) {
      base = &entries[entries.size() - 1 -
                      random() % std::min<size_t>(entries.size(), 100)];
      list = base->edges.list;
      for (size_t i = random() % 4; i > 0; --i) {
        list[random() % list.size()] = below(1'000'000, random);
      }
      if (random() % 8 == 0) list.push_back(below(300, random));
    } else {
      for (size_t i = 1 + random() % (random() % 16 == 0 ? 3000 : 20); i > 0;
           --i) {
        list.push_back(below(~uint32_t{0}, random));
      }
    }
    log.add(entry.tree, entry.edges, base == nullptr ? nullptr : &base->edges);
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
  REQUIRE(entries.back().edges.place.block > 3);
  size_t next = 0;
  log.for_each([&](uint32_t tree, const EdgeLog::List& list) {
    REQUIRE(next < entries.size());
    REQUIRE(tree == entries[next].tree);
    REQUIRE(list == entries[next].edges.list);
    ++next;
  });
  CHECK(next == entries.size());
  EdgeLog::Reader reader(log);
  for (int i = 0; i < 20'000; ++i) {
    const Entry& entry = entries[random() % entries.size()];
    REQUIRE(reader.read(entry.edges.place) == entry.edges.list);
  }
}

TEST_CASE(
    "a long line of lists, each like the one before, is read in few steps",
    "[git][edge_log]") {
  EdgeLog log;
  EdgeLog::Kept edges;
  edges.list.assign(20, 7);
  log.add(0, edges, nullptr);
  for (uint32_t tree = 1; tree < 1000; ++tree) {
    EdgeLog::Kept next = edges;
    next.list[tree % next.list.size()] = tree;
    log.add(tree, next, &edges);
    CHECK(next.depth <= 16);
    edges = std::move(next);
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
