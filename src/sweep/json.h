// JSON that comes from outside: this module's door to simdjson.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace leaksift {

using JsonElement = simdjson::dom::element;
using JsonParser = simdjson::dom::parser;

// A member of an object, by a path as "parent.full_name"; nothing where one of
// them is missing, null or no object.
inline std::optional<JsonElement> member_of(JsonElement object,
                                            std::string_view path) {
  for (;;) {
    const size_t dot = path.find('.');
    if (!object.is_object() ||
        object.at_key(path.substr(0, dot)).get(object) != simdjson::SUCCESS) {
      return std::nullopt;
    }
    if (dot == std::string_view::npos) break;
    path.remove_prefix(dot + 1);
  }
  if (object.is_null()) return std::nullopt;
  return object;
}

// Empty, resp. nothing, where it is missing or of another type. What is
// returned lives as long as the parser's document.
inline std::string_view text_of(JsonElement object, std::string_view path) {
  std::string_view text;
  const auto member = member_of(object, path);
  if (!member || member->get(text) != simdjson::SUCCESS) return {};
  return text;
}

inline std::optional<uint64_t> number_of(JsonElement object,
                                         std::string_view path) {
  uint64_t number = 0;
  const auto member = member_of(object, path);
  if (!member || member->get(number) != simdjson::SUCCESS) return std::nullopt;
  return number;
}

inline bool flag_of(JsonElement object, std::string_view path) {
  bool flag = false;
  const auto member = member_of(object, path);
  return member && member->get(flag) == simdjson::SUCCESS && flag;
}

}  // namespace leaksift
