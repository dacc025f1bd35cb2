#include "git/tip_paths.h"

#include <algorithm>

#include "git/tree.h"

namespace leaksift {
namespace {

constexpr std::string_view kMask = "****";

// Is `name` what `masked` hides a part of?
bool fits(std::string_view name, std::string_view masked) {
  const size_t first = masked.find(kMask);
  const size_t last = masked.rfind(kMask) + kMask.size();
  return name.size() >= first + masked.size() - last &&
         name.starts_with(masked.substr(0, first)) &&
         name.ends_with(masked.substr(last));
}

}  // namespace

size_t TipPaths::add(std::string_view path, const ObjectId& object) {
  const size_t number = stands_.size();
  nodes_[node_of(path)].wanted.push_back({object, number});
  stands_.push_back(false);
  return number;
}

uint32_t TipPaths::node_of(std::string_view path) {
  uint32_t node = 0;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view name = path.substr(begin, end - begin);
    begin = end + 1;
    const auto known = nodes_[node].below.find(name);
    if (known != nodes_[node].below.end()) {
      node = known->second;
      continue;
    }
    const auto next = static_cast<uint32_t>(nodes_.size());
    nodes_[node].below.emplace(name, next);
    if (name.find(kMask) != std::string_view::npos) {
      nodes_[node].masked.emplace_back(name, next);
    }
    nodes_.emplace_back();
    node = next;
  }
  return node;
}

void TipPaths::look(const ObjectId& tree) {
  waiting_.emplace_back(tree, 0);
  while (!waiting_.empty()) {
    const auto [id, node] = waiting_.back();
    waiting_.pop_back();
    if (nodes_[node].below.empty() || !seen_.emplace(id, node).second) continue;
    const Result<Object> object = reader_.read(id);
    if (!object || object->type != ObjectType::kTree) continue;
    TreeReader entries(object->bytes(), id_size(hash_));
    TreeEntry entry;
    while (entries.next(entry)) {
      const ObjectId found(entry.raw_id);
      const auto next = nodes_[node].below.find(entry.name);
      if (next != nodes_[node].below.end()) {
        meet(next->second, found, entry.is_tree());
      }
      for (const auto& [masked, behind] : nodes_[node].masked) {
        if (fits(entry.name, masked)) meet(behind, found, entry.is_tree());
      }
    }
  }
}

void TipPaths::meet(uint32_t node, const ObjectId& object, bool is_tree) {
  for (const Wanted& wanted : nodes_[node].wanted) {
    if (wanted.object == object) stands_[wanted.number] = true;
  }
  if (is_tree) waiting_.emplace_back(object, node);
}

}  // namespace leaksift
