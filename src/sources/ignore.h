// Git's ignore rules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leaksift {

// The rules of one .gitignore or exclude file. Immutable.
//
// Read as git 2.39 does: "#" comments, "!" keeps, a slash at the end means
// directories, one elsewhere ties the rule to the file's own directory; spaces
// at the end of a line, a CR before its LF and a UTF-8 byte order mark fall
// away; a NUL byte ends its line's rule. Bytes are compared with case.
class IgnoreFile {
 public:
  // A file of more bytes has no rules.
  static constexpr uint64_t kMaxBytes = 8 << 20;

  explicit IgnoreFile(std::string bytes);
  IgnoreFile(const IgnoreFile&) = delete;
  IgnoreFile& operator=(const IgnoreFile&) = delete;

  bool empty() const { return rules_.empty(); }

  // Does the last rule that matches `path` ignore it? Nothing where none
  // matches. The path is relative to the file's directory and does not end in
  // a slash.
  std::optional<bool> ignores(std::string_view path, bool is_directory) const;

 private:
  // 16 bytes: a hostile file may hold millions.
  struct Rule {
    uint32_t begin = 0;  // of the pattern in bytes_
    uint32_t size = 0;
    uint32_t literal = 0;  // size of what stands before any wildcard
    bool keeps = false;
    bool of_directories = false;
    bool of_names = false;      // matched with the last component alone
    bool ends_literal = false;  // a star, and no other wildcard
  };

  void add_line(std::string_view line);
  bool matches(const Rule& rule, std::string_view path) const;

  std::string bytes_;
  std::vector<Rule> rules_;
};

// The rules in force in one directory: its own file's before those of the
// directories above. Immutable; a deeper chain shares the one above.
class IgnoreChain {
 public:
  // Rules of a file in the directory whose path (from the top of the work
  // tree, ending in a slash unless empty) is `base_size` bytes long.
  static std::shared_ptr<const IgnoreChain> add(
      std::shared_ptr<const IgnoreChain> outer, std::string bytes,
      size_t base_size);

  // Is `path`, from the top of the work tree, ignored by itself? What lies in
  // an ignored directory is ignored whatever its own rules say; that is for
  // the caller to know.
  static bool ignores(const IgnoreChain* chain, std::string_view path,
                      bool is_directory);

  IgnoreChain(std::shared_ptr<const IgnoreChain> outer, std::string bytes,
              size_t base_size);

 private:
  std::shared_ptr<const IgnoreChain> outer_;
  IgnoreFile rules_;
  size_t base_size_;
  size_t depth_;
};

}  // namespace leaksift
