// A scan that takes as long as is wanted.
#pragma once

#include <string>

namespace leaksift {

// 300 rules, to each of which each of slow_lines() looks like a match up to its
// last character.
inline std::string slow_rules() {
  std::string rules;
  for (int i = 0; i < 300; ++i) {
    rules += "[[rules]]\nid = \"slow-" + std::to_string(i) +
             "\"\ndescription = \"slow\"\nregex = "
             "'''key[0-9]{1,9} = [a-z ]{2,40}[0-9]{1,9}[!?]'''\n";
  }
  return rules;
}

// A megabyte takes half a second.
inline std::string slow_lines(size_t bytes) {
  std::string text;
  for (unsigned i = 0; text.size() < bytes; ++i) {
    const std::string number = std::to_string(i);
    text += "key" + number + " = text that is long or " + number + ".\n";
  }
  return text;
}

}  // namespace leaksift
