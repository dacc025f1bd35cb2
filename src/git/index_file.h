// A git index: which paths of a work tree are tracked, and what is staged
// there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "git/object_id.h"
#include "leaksift/result.h"

namespace leaksift {

// The tree of a folder, as git has worked it out from the index: the folder
// holds `count` entries, and nothing in it has changed since.
struct CachedTree {
  std::string path;  // with a slash at the end; empty: the top
  size_t count = 0;
  ObjectId id;
};

// The tracked paths of a work tree: bytes, relative to its top. Immutable, to
// be shared between threads.
class TrackedPaths {
 public:
  enum class Kind : uint8_t {
    kFile,             // or a symbolic link
    kSubmodule,        // a directory that is a repository of its own
    kFoldedDirectory,  // of a sparse index: stands for all that is in it
  };

  struct Entry {
    Kind kind() const;

    uint64_t begin = 0;  // of the path, in one string with all of them
    uint32_t size = 0;
    uint32_t mode = 0;  // as in a tree
    ObjectId id;
    bool in_conflict = false;  // one of several versions to choose from
    bool intended = false;     // by `git add --intent-to-add`: no content yet
  };

  TrackedPaths() = default;  // nothing is tracked
  // Puts entries and trees in order; of a path with several entries (stages of
  // a conflict) one is kept.
  TrackedPaths(std::string names, std::vector<Entry> entries,
               std::vector<CachedTree> trees);

  // Paths once each, in the order of their bytes. A folded directory's ends in
  // a slash.
  size_t size() const { return entries_.size(); }
  std::string_view path(size_t i) const { return name_of(entries_[i]); }
  Kind kind(size_t i) const { return entries_[i].kind(); }
  const Entry& entry(size_t i) const { return entries_[i]; }

  // The paths that begin with `prefix`: the first, and the one behind the last.
  std::pair<size_t, size_t> range_of(std::string_view prefix) const;
  // The folder's tree; null where git has none, or one of another state of the
  // index. `folder` has a slash at the end; empty: the top.
  const CachedTree* cached_tree(std::string_view folder) const;

  // Is there an entry of this path, or is it inside a folded directory?
  bool contains(std::string_view path) const;
  bool contains_submodule(std::string_view path) const;
  // Is there an entry inside of this directory, or is it itself folded?
  bool contains_below(std::string_view directory) const;

 private:
  std::string_view name_of(const Entry& entry) const {
    return std::string_view(names_).substr(entry.begin, entry.size);
  }
  size_t lower_bound(std::string_view path) const;
  bool inside_folded(std::string_view path) const;

  std::string names_;
  std::vector<Entry> entries_;
  std::vector<CachedTree> trees_;  // sorted by path
  bool has_folded_ = false;
};

// Gives a whole file of the directory that the index lies in, by its name.
using ReadNeighbour = std::function<Result<std::string>(const std::string&)>;

// Reads the bytes of an index of version 2, 3 or 4, with SHA-1 or SHA-256: its
// own checksum says which. Of a split index, `read` gets the shared part.
// Hostile bytes are an error, at a cost linear in their number.
Result<TrackedPaths> parse_index(std::string_view bytes,
                                 const ReadNeighbour& read);

}  // namespace leaksift
