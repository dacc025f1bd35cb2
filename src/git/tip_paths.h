// What of some paths stands in the trees of tips.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "git/object_id.h"
#include "git/object_store.h"

namespace leaksift {

// Looks for many paths in many trees: a folder that several trees share is
// gone through once. Not thread-safe.
class TipPaths {
 public:
  // `reader` reads trees many times over: let it have a cache.
  TipPaths(ObjectReader& reader, HashKind hash)
      : reader_(reader), hash_(hash) {}

  // All are to be added before the first look(). Returns its number. "****" in
  // a name stands for what a mask hides.
  size_t add(std::string_view path, const ObjectId& object);

  // Marks those of which the tree has the object at the path. Trees that cannot
  // be read have nothing.
  void look(const ObjectId& tree);

  bool stands(size_t number) const { return stands_[number]; }

 private:
  struct Wanted {
    ObjectId object;
    size_t number = 0;
  };
  // A part of the wanted paths, from the top.
  struct Node {
    std::map<std::string, uint32_t, std::less<>> below;  // by name
    std::vector<std::pair<std::string, uint32_t>> masked;
    std::vector<Wanted> wanted;
  };

  uint32_t node_of(std::string_view path);
  void meet(uint32_t node, const ObjectId& object, bool is_tree);

  ObjectReader& reader_;
  HashKind hash_;
  std::vector<std::pair<ObjectId, uint32_t>> waiting_;  // tree and node
  std::vector<Node> nodes_ = {Node()};
  std::vector<bool> stands_;
  std::set<std::pair<ObjectId, uint32_t>> seen_;  // tree and node
};

}  // namespace leaksift
