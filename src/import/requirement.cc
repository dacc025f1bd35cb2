#include "import/requirement.h"

namespace leaksift {

std::string fewer_than(uint32_t count, const std::string& members) {
  const std::string others = "[^" + members + "]*";
  if (count == 1) return "\\A" + others + "\\z";
  return "\\A" + others + "(?:[" + members + "]" + others + "){0," +
         std::to_string(count - 1) + "}\\z";
}

std::string class_members(std::string_view characters) {
  std::string members;
  for (const char c : characters) {
    if (std::string_view("\\]^-[").find(c) != std::string_view::npos) {
      members += '\\';
    }
    members += c;
  }
  return members;
}

}  // namespace leaksift
