#include "import/yaml_fields.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace leaksift {
namespace {

bool is_text(const YamlNode& node) {
  return node.kind == YamlNode::Kind::kScalar;
}

bool is_empty(const YamlNode& node) {
  if (!is_text(node)) return node.items.empty();
  return node.text.empty() || node.text == "null" || node.text == "~";
}

}  // namespace

YamlFields::YamlFields(const YamlNode& node) : node_(node) {
  if (node.kind != YamlNode::Kind::kMapping) {
    complaints_.emplace_back("no table of names and values");
  }
  taken_.resize(node.keys.size());
}

const YamlNode* YamlFields::take(std::string_view key) {
  const auto at = std::find(node_.keys.begin(), node_.keys.end(), key);
  if (at == node_.keys.end()) return nullptr;
  const auto index = static_cast<size_t>(at - node_.keys.begin());
  taken_[index] = true;
  return is_empty(node_.items[index]) ? nullptr : &node_.items[index];
}

void YamlFields::complain(std::string_view key, const std::string& what) {
  complaints_.push_back(std::string(key) + " (" + what + ")");
}

std::string YamlFields::text(std::string_view key) {
  const YamlNode* node = take(key);
  if (node == nullptr) return {};
  if (is_text(*node)) return node->text;
  complain(key, "not a text");
  return {};
}

std::vector<std::string> YamlFields::texts(std::string_view key) {
  const YamlNode* node = take(key);
  std::vector<std::string> all;
  if (node == nullptr) return all;
  if (node->kind != YamlNode::Kind::kSequence) {
    complain(key, "not a list");
    return all;
  }
  for (const YamlNode& item : node->items) {
    if (is_text(item)) {
      all.push_back(item.text);
    } else {
      complain(key, "an item that is not a text");
    }
  }
  return all;
}

std::optional<double> YamlFields::number(std::string_view key) {
  const YamlNode* node = take(key);
  if (node == nullptr) return std::nullopt;
  double value = 0;
  const char* const end = node->text.data() + node->text.size();
  const auto [stop, error] = std::from_chars(node->text.data(), end, value);
  if (error == std::errc() && stop == end && std::isfinite(value)) return value;
  complain(key, "not a number");
  return std::nullopt;
}

std::optional<bool> YamlFields::flag(std::string_view key) {
  const YamlNode* node = take(key);
  if (node == nullptr) return std::nullopt;
  if (node->text == "true") return true;
  if (node->text == "false") return false;
  complain(key, "neither true nor false");
  return std::nullopt;
}

void YamlFields::leave(std::string_view key, const std::string& why) {
  if (take(key) != nullptr) complain(key, why);
}

void YamlFields::finish(std::string_view rule_id, Collector& out) {
  for (size_t i = 0; i < taken_.size(); ++i) {
    if (!taken_[i]) complain(node_.keys[i], "unknown");
  }
  if (complaints_.empty()) return;
  std::string all = "not taken over: " + complaints_.front();
  for (size_t i = 1; i < complaints_.size(); ++i) all += ", " + complaints_[i];
  out.not_taken(node_.line, rule_id, all);
}

}  // namespace leaksift
