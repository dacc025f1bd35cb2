// The fields of one YAML mapping, as the readers ask for them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "import/collector.h"
#include "import/yaml.h"

namespace leaksift {

// What nobody asked for, and what is not of the form asked for, is named by
// finish(), so that no field goes unnoticed.
class YamlFields {
 public:
  // `node` must outlive it. Not a mapping: no fields, and finish() says so.
  explicit YamlFields(const YamlNode& node);

  // The field of this name; null if there is none.
  const YamlNode* take(std::string_view key);

  std::string text(std::string_view key);
  std::vector<std::string> texts(std::string_view key);
  std::optional<double> number(std::string_view key);
  std::optional<bool> flag(std::string_view key);

  // Names a field as not taken over, if it is there and not empty.
  void leave(std::string_view key, const std::string& why);

  // Tells `out` what was not taken over; nothing more is asked for then.
  void finish(std::string_view rule_id, Collector& out);

 private:
  void complain(std::string_view key, const std::string& what);

  const YamlNode& node_;
  std::vector<bool> taken_;
  std::vector<std::string> complaints_;
};

}  // namespace leaksift
