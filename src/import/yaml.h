// YAML as a tree: the door to libyaml.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "leaksift/result.h"

namespace leaksift {

struct YamlNode {
  enum class Kind { kScalar, kSequence, kMapping };

  Kind kind = Kind::kScalar;
  uint32_t line = 0;              // counted from 1
  std::string text;               // of a scalar, as UTF-8
  std::vector<YamlNode> items;    // of a sequence; of a mapping, its values
  std::vector<std::string> keys;  // of a mapping: keys[i] names items[i]
};

// The one document in `text`. Bounded whatever `text` holds: at most 64 levels
// and 2^19 nodes, and no aliases, which make much out of little. An error names
// `name` and the line.
Result<YamlNode> parse_yaml(std::string_view text, const std::string& name);

}  // namespace leaksift
