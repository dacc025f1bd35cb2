#include "rules/family.h"

#include <algorithm>
#include <utility>

#include "core/ascii.h"
#include "core/text.h"

namespace leaksift {
namespace {

bool is_name_character(char c) {
  return is_lower(c) || is_digit(c) || c == '-';
}

std::string replaced(std::string text, std::string_view what,
                     std::string_view by) {
  for (size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

// What each placeholder stands for in one kind of text.
struct Words {
  std::string name;
  std::string capitals;
  std::string shape;

  void put_into(std::string& text) const {
    text = replaced(std::move(text), "{name}", name);
    text = replaced(std::move(text), "{NAME}", capitals);
    text = replaced(std::move(text), "{shape}", shape);
  }
};

std::string either(const std::vector<std::string>& shapes) {
  std::string all = shapes.front();
  for (size_t i = 1; i < shapes.size(); ++i) all += "|" + shapes[i];
  return shapes.size() == 1 ? all : "(?:" + all + ")";
}

}  // namespace

Result<FamilyMember> parse_family_member(std::string_view line) {
  FamilyMember member;
  for (const std::string_view word : split(line, ' ')) {
    if (word.empty()) continue;
    if (member.name.empty()) {
      member.name = word;
    } else {
      member.shapes.emplace_back(word);
    }
  }
  const bool good_name =
      !member.name.empty() &&
      std::all_of(member.name.begin(), member.name.end(), is_name_character);
  if (!good_name || member.shapes.empty()) {
    return Error(
        "a member is a name (small letters, digits, dashes) and one "
        "shape or more: \"acme [0-9a-f]{32}\"");
  }
  return member;
}

Rule member_rule(const Rule& pattern, const FamilyMember& member) {
  const std::string underscored = replaced(member.name, "-", "_");
  const std::string capitals = ascii_upper(underscored);
  Rule rule = pattern;
  const Words plain{member.name, capitals, member.shapes.front()};
  plain.put_into(rule.id);
  plain.put_into(rule.description);
  plain.put_into(rule.provider);
  const Words in_regex{replaced(member.name, "-", "[ _.\\-]?"), capitals,
                       either(member.shapes)};
  in_regex.put_into(rule.regex);
  const Words in_texts{underscored, capitals, member.shapes.front()};
  for (std::string& text : rule.examples) in_texts.put_into(text);
  for (std::string& text : rule.counter_examples) in_texts.put_into(text);
  return rule;
}

}  // namespace leaksift
