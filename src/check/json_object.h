// JSON inside secrets: the door to simdjson.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leaksift {

// The texts and whole numbers among the members of a JSON object.
class JsonObject {
 public:
  // Nothing if `text` is no JSON or no object.
  static std::optional<JsonObject> parse(std::string_view text);

  // Empty, resp. nothing, if there is no such member.
  std::string_view text(std::string_view name) const;
  std::optional<int64_t> number(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> texts_;
  std::vector<std::pair<std::string, int64_t>> numbers_;
};

}  // namespace leaksift
