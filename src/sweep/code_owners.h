// CODEOWNERS: who a repository says is responsible for which paths.
//
// GitHub ("About code owners"): patterns are those of .gitignore without `!`,
// `[a-z]` and `\#`, and "docs/*" is for the files right in docs. The last
// pattern that matches counts; one without owners says that there is none.
// GitLab ("Code Owners syntax and error handling"): sections "[Name] @default",
// "^[Optional]" and "[Name][2]", in each of which the last match counts; `!`
// takes paths out of one; a pattern matches at any depth unless it begins with
// '/', and a folder only if it ends in '/'.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace leaksift {

enum class CodeOwnersKind : uint8_t { kGitHub, kGitLab };

// Where such a file may be, the one that counts first, and whose rules it has.
// One with sections is GitLab's wherever it is.
struct CodeOwnersPlace {
  std::string_view path;
  CodeOwnersKind kind;
};
const std::vector<CodeOwnersPlace>& code_owners_places();

// The rules of one file. Not thread-safe.
class CodeOwners {
 public:
  // A larger file has no rules, as on GitHub.
  static constexpr size_t kMaxBytes = 3 << 20;

  // Lines that make no sense are passed over.
  CodeOwners(std::string_view text, CodeOwnersKind kind);

  // Of the file at this path from the repository's top: "@ann @org/team
  // bob@example.com", of each section in its turn, each once; at most
  // kMaxOwners. Empty where nobody is. What takes more time than an honest file
  // ever does, over all calls, is answered with nobody.
  std::string owners_of(std::string_view path);

  static constexpr size_t kMaxOwners = 10;

 private:
  struct Rule {
    std::string pattern;  // for wildmatch(), from the repository's top
    bool takes_out = false;
    std::vector<std::string> owners;
  };
  struct Section {
    std::string name;
    std::vector<std::string> owners;
    std::vector<Rule> rules;
  };

  void add_line(std::string_view line);
  bool open_section(std::string_view line);
  void add_rule(std::string_view pattern,
                const std::vector<std::string_view>& words);
  std::string full_pattern(std::string_view pattern) const;
  bool matches(const Rule& rule, std::string_view path);
  const Rule* last_match(const Section& section, std::string_view path);

  CodeOwnersKind kind_;
  std::vector<Section> sections_;
  size_t current_ = 0;  // in sections_
  uint64_t work_ = 0;   // bytes of patterns times those of paths so far
};

}  // namespace leaksift
