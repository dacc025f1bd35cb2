// Ignore files: findings that somebody has looked at and decided to leave.
//
// .leaksiftignore, one entry a line:
//
//     9f86d081884c7d659a2feaa0c55ad015            a finding, by fingerprint
//     occurrence:60303ae22b998861bce3b28f33eec1be  one place of it
//     rule:generic-password tests/                 a rule, in paths (or in all)
//     /third_party/**/*.pem                        paths, as in a .gitignore
//     # a comment; behind an entry: the reason     # like this
//
// `\#` is a '#' of a path. A line that means none of these is an error: an
// entry with a slip in it would silence nothing, or the wrong thing.
//
// .gitleaksignore, as gitleaks writes it: `commit:file:rule-id:start-line`, or
// without the commit for any. As there, a line that is neither is skipped with
// a warning. The line is that of the secret; gitleaks counts that of the match,
// which for a match of several lines may be an earlier one.
//
// Whose word counts is for the caller to say: a file in the scanned tree speaks
// for whoever wrote that tree.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "findings/finding.h"
#include "findings/path_glob.h"
#include "leaksift/result.h"

namespace leaksift {

// The entries of one folder's ignore files, in the order of reading. Not
// thread-safe while files are added; const afterwards.
class IgnoreList {
 public:
  // Paths in the entries begin at `folder`, which is named as in the paths of
  // findings; empty where these begin there, too (in a history). An entry of
  // .gitleaksignore may also name a path as it is in the finding.
  // With `below` ("a/b/"), `folder` is that part of what the entries speak of:
  // then those for other parts go without saying.
  explicit IgnoreList(std::string folder = {}, std::string below = {})
      : folder_(std::move(folder)), below_(std::move(below)) {}

  // `file` names the text in errors and warnings.
  Status add_leaksift(std::string_view text, const std::string& file);
  // Returns the warnings.
  std::vector<std::string> add_gitleaks(std::string_view text,
                                        const std::string& file);

  bool empty() const { return entries_.empty(); }

  // Marks what the entries name as kIgnoreFile. Returns those that named
  // nothing ("FILE:3: matches nothing: rule:foo"), so that nobody relies on
  // them; what was suppressed already counts as named. Where findings have no
  // commits (in_history is false), entries for one commit cannot name any and
  // are not returned.
  std::vector<std::string> apply(std::vector<Finding>& findings,
                                 bool in_history = true) const;

 private:
  struct Entry {
    std::string key;  // what it names: see keys_of() in the .cc
    std::optional<PathGlob> glob;
    std::string commit;  // empty: any
    std::string source;  // file:line
    std::string text;
  };

  static Result<Entry> parse_leaksift(std::string_view line);
  static Result<Entry> parse_gitleaks(std::string_view line);
  void add(Entry entry, std::string source, std::string_view text);

  std::string folder_;
  std::string below_;
  std::vector<Entry> entries_;
  // Entries by key, so that thousands of them cost no more than a few.
  std::unordered_multimap<std::string, size_t> index_;
};

}  // namespace leaksift
