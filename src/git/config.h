// Git's configuration files.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leaksift {

// The entries of one configuration text, in order. Includes are not followed.
class GitConfig {
 public:
  explicit GitConfig(std::string_view text);

  // The last value of "section.key" (no subsection; case does not matter).
  std::optional<std::string> get(std::string_view section,
                                 std::string_view key) const;

 private:
  struct Entry {
    std::string section;  // lower case; with a subsection, its text behind ' '
    std::string key;      // lower case
    std::string value;
  };

  std::vector<Entry> entries_;
};

}  // namespace leaksift
