// A git index: which paths of a work tree are tracked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "leaksift/result.h"

namespace leaksift {

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
    uint64_t begin = 0;  // of the path, in one string with all of them
    uint32_t size = 0;
    Kind kind = Kind::kFile;
  };

  TrackedPaths() = default;  // nothing is tracked
  // Puts entries in order; of a path with several (stages of a conflict) one
  // is kept.
  TrackedPaths(std::string names, std::vector<Entry> entries);

  // Paths once each, in the order of their bytes. A folded directory's ends in
  // a slash.
  size_t size() const { return entries_.size(); }
  std::string_view path(size_t i) const { return name_of(entries_[i]); }
  Kind kind(size_t i) const { return entries_[i].kind; }

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
