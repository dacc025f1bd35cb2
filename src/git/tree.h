// Tree objects: mode, name and id of each entry, as bytes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace leaksift {

struct TreeEntry {
  uint32_t mode = 0;  // 0100644, 0100755, 0120000 link, 040000 tree, 0160000
  std::string_view name;
  std::string_view raw_id;

  bool is_tree() const { return (mode & 0170000) == 0040000; }
  bool is_submodule() const { return (mode & 0170000) == 0160000; }
};

// The order of entries in a tree: a folder's name goes as if a slash stood
// behind it, so that a file and a folder of one name are two places.
inline bool comes_before(const TreeEntry& a, const TreeEntry& b) {
  const size_t common = std::min(a.name.size(), b.name.size());
  const int order = std::memcmp(a.name.data(), b.name.data(), common);
  if (order != 0) return order < 0;
  auto next = [common](const TreeEntry& entry) {
    if (entry.name.size() > common) {
      return static_cast<unsigned char>(entry.name[common]);
    }
    return static_cast<unsigned char>(entry.is_tree() ? '/' : 0);
  };
  return next(a) < next(b);
}

// Goes through a tree's entries from front to back.
class TreeReader {
 public:
  TreeReader(std::string_view tree, size_t id_size)
      : begin_(tree.data()),
        at_(tree.data()),
        end_(tree.data() + tree.size()),
        id_size_(id_size) {}

  // False at the end, and at damage: then damaged() is true.
  bool next(TreeEntry& entry) {
    if (at_ == end_) return false;
    uint32_t mode = 0;
    const char* at = at_;
    for (; at < end_ && *at >= '0' && *at <= '7'; ++at) {
      mode = mode << 3 | static_cast<uint32_t>(*at - '0');
    }
    const char* name = at + 1;
    const auto* nul = at < end_ && *at == ' '
                          ? static_cast<const char*>(std::memchr(
                                name, 0, static_cast<size_t>(end_ - name)))
                          : nullptr;
    if (nul == nullptr || static_cast<size_t>(end_ - nul - 1) < id_size_) {
      damaged_ = true;
      return false;
    }
    entry.mode = mode;
    entry.name = {name, static_cast<size_t>(nul - name)};
    entry.raw_id = {nul + 1, id_size_};
    at_ = nul + 1 + id_size_;
    return true;
  }

  bool damaged() const { return damaged_; }
  // Where the next entry begins.
  size_t offset() const { return static_cast<size_t>(at_ - begin_); }
  void skip_to(size_t offset) { at_ = begin_ + offset; }

 private:
  const char* begin_;
  const char* at_;
  const char* end_;
  size_t id_size_;
  bool damaged_ = false;
};

}  // namespace leaksift
