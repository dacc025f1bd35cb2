#include "rules/toml_fields.h"

#include <algorithm>
#include <utility>

#include "core/text.h"

namespace leaksift {

std::optional<toml::table> TomlDocument::parse(std::string_view text) {
  try {
    return toml::parse(text, name_);
  } catch (const toml::parse_error& e) {
    fail(e.source(), std::string(e.description()));
    return std::nullopt;
  }
}

void TomlDocument::read(const toml::table& table, std::string_view what,
                        const std::vector<TomlKey>& keys) {
  std::vector<std::string_view> names;
  for (const TomlKey& entry : keys) names.push_back(entry.name);
  std::vector<bool> seen(keys.size());
  for (const auto& [key, node] : table) {
    if (failed()) return;
    const std::string_view name = key.str();
    const auto known = std::find_if(
        names.begin(), names.end(),
        [&](std::string_view one) { return equal_ignoring_case(one, name); });
    if (known == names.end()) {
      const std::string problem = "unknown key '" + std::string(name) +
                                  "' in " + std::string(what) +
                                  did_you_mean(name, names);
      if (!tolerant_) return fail(key.source(), problem);
      warn(key.source(), problem + " (ignored)");
      continue;
    }
    const auto index = static_cast<size_t>(known - names.begin());
    if (seen[index] && !tolerant_) {
      return fail(key.source(), "'" + std::string(*known) + "' twice in " +
                                    std::string(what));
    }
    seen[index] = true;
    keys[index].read(node);
  }
}

void TomlDocument::fail(const toml::source_region& region,
                        const std::string& what) {
  if (error_) return;
  error_ = Error(place_of(region) + ": " + what);
}

void TomlDocument::fail_number(const toml::source_region& region, uint32_t min,
                               uint32_t max) {
  fail(region, "expected a whole number from " + std::to_string(min) + " to " +
                   (max == kMaxCount ? "2^30" : std::to_string(max)));
}

void TomlDocument::warn(const toml::source_region& region,
                        const std::string& what) {
  warnings_.push_back(place_of(region) + ": " + what);
}

TomlField TomlDocument::text(std::string& out) {
  return [this, &out](const toml::node& node) {
    if (const auto* value = node.as_string()) {
      out = value->get();
    } else {
      fail(node.source(), "expected a string");
    }
  };
}

TomlField TomlDocument::flag(bool& out) {
  return [this, &out](const toml::node& node) {
    if (const auto* value = node.as_boolean()) {
      out = value->get();
    } else {
      fail(node.source(), "expected true or false");
    }
  };
}

TomlField TomlDocument::number(double& out) {
  return [this, &out](const toml::node& node) {
    if (const auto value = node.value<double>()) {
      out = *value;
    } else {
      fail(node.source(), "expected a number");
    }
  };
}

TomlField TomlDocument::texts(std::vector<std::string>& out) {
  return [this, &out](const toml::node& node) {
    const auto* array = node.as_array();
    if (array == nullptr) {
      return fail(node.source(), "expected an array of strings");
    }
    out.clear();
    for (const toml::node& entry : *array) {
      const auto* value = entry.as_string();
      if (value == nullptr) {
        return fail(entry.source(), "expected a string");
      }
      out.push_back(value->get());
    }
  };
}

TomlField TomlDocument::tables(std::function<void(const toml::table&)> each) {
  return [this, each = std::move(each)](const toml::node& node) {
    if (const auto* table = node.as_table()) return each(*table);
    const auto* array = node.as_array();
    if (array == nullptr) return fail(node.source(), "expected a table");
    for (const toml::node& entry : *array) {
      const auto* table = entry.as_table();
      if (table == nullptr) return fail(entry.source(), "expected a table");
      each(*table);
    }
  };
}

}  // namespace leaksift
