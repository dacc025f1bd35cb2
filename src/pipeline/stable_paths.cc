#include "pipeline/stable_paths.h"

#include <optional>

#include "sources/work_tree.h"

namespace leaksift {

void StablePaths::add_folder(const std::string& path) {
  folders_.insert(path.ends_with('/') ? path : path + '/');
}

void StablePaths::add_file(const std::string& path) {
  files_.insert(path);
}

std::string StablePaths::of(const std::string& path) {
  // 0: no slash is left.
  size_t size = path.rfind('/') + 1;
  if (files_.contains(path)) return without_root(path, size);
  const std::string_view whole = path;
  while (size > 0 && !folders_.contains(whole.substr(0, size))) {
    size = whole.substr(0, size - 1).rfind('/') + 1;
  }
  return size > 0 ? without_root(path, size) : path;
}

std::string StablePaths::without_root(const std::string& path,
                                      size_t root_size) {
  const std::string root = path.substr(0, root_size);
  const auto [at, is_new] = below_.try_emplace(root);
  if (is_new) {
    const auto tree = find_enclosing_tree(root.empty() ? "." : root);
    if (tree) at->second = tree->below;
  }
  return at->second + path.substr(root_size);
}

}  // namespace leaksift
