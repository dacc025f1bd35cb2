// What git keeps of commits beside the objects: a commit-graph, in one file or
// a chain of them (gitformat-commit-graph).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/file.h"
#include "git/object_id.h"

namespace leaksift {

// One file. Positions count the commits of a whole chain, those of the first
// file first.
class GraphFile {
 public:
  // Nothing if it is no such file, is cut off, or does not hang together. What
  // it says of a commit is checked when that is asked for.
  static std::optional<GraphFile> open(const std::string& path, HashKind hash);

  uint32_t count() const { return count_; }
  // The hashes of the files that it builds upon, raw, one behind another.
  std::string_view base() const { return base_; }

  std::optional<uint32_t> find(std::string_view raw_id) const;

  // REQUIRES: index < count()
  std::string_view raw_id(uint32_t index) const {
    return {ids_ + uint64_t{index} * id_size_, id_size_};
  }
  // Two parents, level and date, four bytes each but the date, which has a
  // little more.
  const char* links(uint32_t index) const {
    return links_ + uint64_t{index} * (id_size_ + kLinkSize) + id_size_;
  }

 private:
  static constexpr size_t kLinkSize = 16;

  GraphFile() = default;
  bool read(HashKind hash);
  bool is_whole() const;
  std::string_view chunk(std::string_view name) const;
  bool read_fan_out();

  MappedFile file_;
  size_t id_size_ = 0;
  uint32_t count_ = 0;
  const char* fan_out_ = nullptr;
  const char* ids_ = nullptr;
  const char* links_ = nullptr;  // behind the id of a tree, for each commit
  std::string_view base_;
};

// Links of commits for a fifth of what it takes to decode the commits.
//
// This is what some git wrote down, not what is stored: a commit may be gone
// since, and new ones are missing. With a commit all that it leads to is here.
// Immutable and safe to share between threads.
class StoredGraph {
 public:
  // Of each folder that has one. Files that cannot be used are left out, and
  // with them what builds upon them.
  StoredGraph(const std::vector<std::string>& object_dirs, HashKind hash);

  struct Commit {
    int64_t seconds = 0;  // of the committer
    // Commits on the longest way back, itself among them: more than any of its
    // parents has.
    uint32_t level = 0;
    std::vector<ObjectId> parents;
    // There are three and more: none is named.
    bool has_more = false;
  };
  // Nothing, too, where what is written of the commit cannot be.
  std::optional<Commit> find(const ObjectId& id) const;

 private:
  struct Chain {
    std::vector<GraphFile> files;
    uint32_t count = 0;
  };
  void add_chain(const std::vector<std::string>& object_dirs,
                 const std::string& dir);
  void add(Chain chain);
  static std::optional<Commit> read(const Chain& chain, const char* links);
  static bool add_parent(const Chain& chain, uint32_t position, Commit& commit);

  HashKind hash_;
  std::vector<Chain> chains_;
};

}  // namespace leaksift
