#include "check/json_object.h"

#include <simdjson.h>

namespace leaksift {

std::optional<JsonObject> JsonObject::parse(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::object members;
  if (parser.parse(text.data(), text.size()).get(members) !=
      simdjson::SUCCESS) {
    return std::nullopt;
  }
  JsonObject object;
  for (const auto& [name, value] : members) {
    std::string_view as_text;
    int64_t as_number = 0;
    if (value.get(as_text) == simdjson::SUCCESS) {
      object.texts_.emplace_back(name, as_text);
    } else if (value.get(as_number) == simdjson::SUCCESS) {
      object.numbers_.emplace_back(name, as_number);
    }
  }
  return object;
}

std::string_view JsonObject::text(std::string_view name) const {
  for (const auto& [member, value] : texts_) {
    if (member == name) return value;
  }
  return {};
}

std::optional<int64_t> JsonObject::number(std::string_view name) const {
  for (const auto& [member, value] : numbers_) {
    if (member == name) return value;
  }
  return std::nullopt;
}

}  // namespace leaksift
