#include "report/sarif_rule.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/ascii.h"
#include "report/json_frame.h"

namespace leaksift {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMaxTags = 20;  // that GitHub takes for a rule

// What GitHub sorts by: over 9 is critical, from 7 high, from 4 medium.
constexpr std::array<const char*, 5> kSecuritySeverity = {"1.0", "3.0", "5.5",
                                                          "8.0", "9.5"};
constexpr std::array<const char*, 4> kPrecision = {"low", "medium", "high",
                                                   "very-high"};
constexpr std::array<std::string_view, 5> kRemedies = {
    "Revoke it where it was issued, issue a new one and keep that in a secret "
    "store or in the environment. Removing it from the file is not enough: "
    "whoever has read the repository has it, and the history keeps it.",
    "Remove the personal data, from the history too, and find out whether "
    "whoever could read it must be told.",
    "Remove the payment data, from the history too, and treat the cards as "
    "disclosed.",
    "Remove the health data, from the history too, and find out whether "
    "whoever could read it must be told.",
    "Write it in a way that is safe.",
};

// "github-pat" as "GithubPat".
std::string pascal_case(std::string_view id) {
  std::string name;
  bool starts_word = true;
  for (const char c : id) {
    if (!is_alphanumeric(c)) {
      starts_word = true;
      continue;
    }
    name += starts_word ? to_upper(c) : c;
    starts_word = false;
  }
  return name.empty() ? "Rule" : name;
}

bool is_web_link(std::string_view text) {
  return (text.starts_with("https://") || text.starts_with("http://")) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return c > ' ' && c < '\x7f' &&
                  std::string_view("<>\"\\^`{|}").find(c) ==
                      std::string_view::npos;
         });
}

std::vector<std::string> links_of(const Rule& rule) {
  std::vector<std::string> links;
  std::copy_if(rule.references.begin(), rule.references.end(),
               std::back_inserter(links), is_web_link);
  return links;
}

Json help_of(const Rule& rule, const std::vector<std::string>& links) {
  std::string text =
      rule.remedy.empty()
          ? std::string(kRemedies[static_cast<size_t>(rule.data_class)])
          : rule.remedy;
  std::string markdown = text;
  for (const std::string& link : links) {
    text += "\n" + link;
    markdown += "\n- <" + link + ">";
  }
  return {{"text", sarif_text(text)}, {"markdown", markdown}};
}

Json properties_of(const Rule& rule) {
  Json tags = {"security", to_string(rule.data_class)};
  for (const std::string& tag : rule.tags) {
    const bool has = std::find(tags.begin(), tags.end(), tag) != tags.end();
    if (!has && tags.size() < kMaxTags) tags.push_back(json_text(tag));
  }
  return {
      {"security-severity",
       kSecuritySeverity[static_cast<size_t>(rule.severity)]},
      {"precision", kPrecision[static_cast<size_t>(rule.confidence)]},
      {"tags", tags},
  };
}

}  // namespace

std::string_view sarif_level(Severity severity) {
  if (severity >= Severity::kHigh) return "error";
  return severity == Severity::kMedium ? "warning" : "note";
}

std::string sarif_rule(const Rule& rule) {
  const std::vector<std::string> links = links_of(rule);
  const std::string what = sarif_text(rule.description);
  Json object;
  object["id"] = json_text(rule.id);
  object["name"] = pascal_case(rule.id);
  object["shortDescription"] = {{"text", what}};
  object["fullDescription"] = {
      {"text", what + ". Rule " + sarif_text(rule.id) + ", confidence " +
                   std::string(to_string(rule.confidence)) + "."}};
  object["help"] = help_of(rule, links);
  if (!links.empty()) object["helpUri"] = links.front();
  object["defaultConfiguration"] = {{"level", sarif_level(rule.severity)}};
  object["properties"] = properties_of(rule);
  return object.dump(-1, ' ', true);
}

std::string sarif_text(std::string_view untrusted) {
  std::string result;
  for (const char c : json_text(untrusted)) {
    if (c == '[' || c == ']' || c == '\\') result += '\\';
    if (c == '{' || c == '}') result += c;
    result += c;
  }
  return result;
}

}  // namespace leaksift
