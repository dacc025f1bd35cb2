// Which edges lead from trees to trees and targets, as one thread reads them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace leaksift {

// Keeps for each tree the list of its edges. Of git's history these are seven
// million, of which one in 30 is another edge than some before, and most trees
// have all but one or two from the tree that they were made out of: so a list
// is numbers of edges, and mostly says in what it is not like another one.
// Takes 15 bytes for a tree that has any. Once filled, safe to share between
// threads.
class EdgeLog {
 public:
  struct Edge {
    uint32_t to = 0;  // a tree, or a target
    uint32_t name : 31 = 0;
    bool target : 1 = false;
  };

  // Numbers of edges, in the order of a tree's entries.
  using List = std::vector<uint32_t>;

  struct Place {
    uint32_t block = 0;
    uint32_t offset = 0;
    friend bool operator==(const Place&, const Place&) = default;
  };
  // A list, where it was kept, and how many others are read for it.
  struct Kept {
    List list;
    Place place;
    unsigned depth = 0;
  };

  // REQUIRES: name < 2^31
  uint32_t make(uint32_t to, uint32_t name, bool target) {
    edges_.push_back({to, name & ~kTargetBit, target});
    return static_cast<uint32_t>(edges_.size() - 1);
  }
  std::vector<Edge>& edges() { return edges_; }
  const Edge& edge(uint32_t number) const { return edges_[number]; }

  // Keeps what is in `edges.list`, and sets the rest. `base`: a list of this
  // log that may be much like it, or null. REQUIRES: at least one edge
  void add(uint32_t tree, Kept& edges, const Kept* base);

  // Reads lists, and remembers a few: nearly always the one that is asked for
  // next is like one of them. Not thread-safe.
  class Reader {
   public:
    explicit Reader(const EdgeLog& log) : log_(&log), known_(kSize) {}
    // Valid until the next call.
    const List& read(Place place);

   private:
    static constexpr size_t kSize = 64;
    const EdgeLog* log_;
    std::vector<std::pair<Place, List>> known_;
  };

  // Calls `each` with every tree and where its list is, in the order of adding.
  template <typename Each>
  void for_each_tree(const Each& each) const {
    for (uint32_t block = 0; block < blocks_.size(); ++block) {
      Place place{block, 0};
      while (place.offset < blocks_[block].size()) {
        const Record record = record_at(place);
        each(record.tree, place);
        place.offset = record.end;
      }
    }
  }

  // Calls `each` with every tree and its list.
  template <typename Each>
  void for_each(const Each& each) const {
    Reader reader(*this);
    for_each_tree(
        [&](uint32_t tree, Place place) { each(tree, reader.read(place)); });
  }

 private:
  static constexpr uint32_t kTargetBit = uint32_t{1} << 31;

  // Three numbers and what follows them, up to `end`: all edges, or by pairs
  // which ones to replace, and by what.
  struct Record {
    uint32_t tree = 0;
    uint32_t back = 0;   // so many bytes before is the base; 0: there is none
    uint32_t begin = 0;  // where in the block the rest is
    uint32_t end = 0;
  };

  Record record_at(Place place) const;

  std::vector<Edge> edges_;
  std::vector<std::string> blocks_;
  std::string scratch_;
};

}  // namespace leaksift
