// TruffleHog's custom detectors.
#include <algorithm>
#include <cmath>
#include <map>

#include "core/text.h"
#include "import/collector.h"
#include "import/requirement.h"
#include "import/yaml_fields.h"

namespace leaksift {
namespace {

constexpr const char* kSpecial = "!@#$%\\^&*()_+\\-=\\[\\]{}|;:,.<>?";

// What one of a detector's regexes asks of its match: `validations`.
Allowlist read_validations(const YamlNode& node, const std::string& id,
                           Collector& out) {
  Allowlist lacking;
  lacking.source = {out.file(), node.line};
  YamlFields fields(node);
  const auto contains = [&](std::string_view key, const char* members) {
    if (fields.flag(key).value_or(false)) {
      lacking.regexes.push_back(fewer_than(1, members));
    }
  };
  contains("contains_digit", "0-9");
  contains("contains_lowercase", "a-z");
  contains("contains_uppercase", "A-Z");
  contains("contains_special_char", kSpecial);
  fields.finish(id, out);
  return lacking;
}

// What a detector asks of all its regexes, and its rules but for their regex.
class Detector {
 public:
  Detector(const YamlNode& node, Collector& out) : fields_(node), out_(out) {
    base_ = out.new_rule(fields_.text("name"), node.line);
    base_.description = fields_.text("description");
    if (base_.description.empty()) base_.description = base_.id;
    base_.keywords = fields_.texts("keywords");
    for (std::string& word : base_.keywords) word = ascii_lower(word);
    // Here a secret needs more than this, there it needs no less.
    const double entropy = fields_.number("entropy").value_or(0);
    if (entropy > 0) base_.entropy = std::nextafter(entropy, 0.0);
    read_excluded();
  }

  // One rule for each regex. All of them must match: the rule of the primary
  // one is reported and requires the others.
  void add_rules() {
    const std::map<std::string, std::string> regexes = read_regexes();
    std::string primary = fields_.text("primary_regex_name");
    if (primary.empty() && !regexes.empty()) primary = regexes.begin()->first;
    const YamlNode* validations = fields_.take("validations");
    fields_.leave("verify", "no requests are made");
    fields_.finish(base_.id, out_);
    if (!regexes.contains(primary)) {
      return out_.not_taken(base_, "left out: it has no regex to report");
    }
    for (const auto& [name, regex] : regexes) {
      Rule rule = rule_for(regex);
      rule.skip_report = name != primary;
      if (rule.skip_report) {
        rule.id += "-" + name;
      } else {
        for (const auto& [other, _] : regexes) {
          if (other == primary) continue;
          rule.required.push_back({base_.id + "-" + other, false, {}, {}});
        }
      }
      if (validations != nullptr) add_validations(*validations, name, rule);
      out_.add(std::move(rule), RegexDialect::kGo);
    }
  }

 private:
  void read_excluded() {
    const std::vector<std::string> words = fields_.texts("exclude_words");
    Allowlist secret;
    secret.source = base_.source;
    for (const std::string& word : words) {
      // It is looked for in the secret in lower case.
      if (!word.empty() && word == ascii_lower(word)) {
        secret.stopwords.push_back(word);
      }
    }
    secret.regexes = fields_.texts("exclude_regexes_capture");
    if (!secret.stopwords.empty() || !secret.regexes.empty()) {
      base_.allowlists.push_back(std::move(secret));
    }
    Allowlist match;
    match.source = base_.source;
    match.target = AllowTarget::kMatch;
    match.regexes = fields_.texts("exclude_regexes_match");
    if (!match.regexes.empty()) base_.allowlists.push_back(std::move(match));
  }

  std::map<std::string, std::string> read_regexes() {
    std::map<std::string, std::string> regexes;
    const YamlNode* node = fields_.take("regex");
    for (size_t i = 0; node != nullptr && i < node->keys.size(); ++i) {
      regexes.emplace(node->keys[i], node->items[i].text);
    }
    return regexes;
  }

  Rule rule_for(const std::string& regex) const {
    Rule rule = base_;
    rule.regex = regex;
    const Result<TranslatedRegex> ours =
        translate_regex(regex, RegexDialect::kGo);
    if (ours && !ours->groups.empty()) rule.secret_group = 1;
    return rule;
  }

  void add_validations(const YamlNode& all, const std::string& name,
                       Rule& rule) {
    const auto at = std::find(all.keys.begin(), all.keys.end(), name);
    if (at == all.keys.end()) return;
    const auto index = static_cast<size_t>(at - all.keys.begin());
    rule.allowlists.push_back(
        read_validations(all.items[index], rule.id, out_));
  }

  YamlFields fields_;
  Collector& out_;
  Rule base_;
};

}  // namespace

Status read_trufflehog(std::string_view text, Collector& out) {
  const Result<YamlNode> root = parse_yaml(text, out.file());
  if (!root) return root.error();
  YamlFields fields(*root);
  const YamlNode* detectors = fields.take("detectors");
  if (detectors != nullptr) {
    for (const YamlNode& node : detectors->items) {
      Detector(node, out).add_rules();
    }
  }
  fields.finish("", out);
  return Ok{};
}

}  // namespace leaksift
