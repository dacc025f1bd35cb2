// Kingfisher's rules and Nosey Parker's, from which they descend: one format,
// of which Nosey Parker knows less.
#include <algorithm>

#include "core/text.h"
#include "import/collector.h"
#include "import/requirement.h"
#include "import/yaml_fields.h"

namespace leaksift {
namespace {

const std::string kNoRequests = "no requests are made";

// One line, however it was written.
std::string flowed(std::string_view text) {
  std::string out;
  for (const std::string_view line : split(text, '\n')) {
    const std::string_view words = trimmed(line);
    if (words.empty()) continue;
    if (!out.empty()) out += ' ';
    out += words;
  }
  return out;
}

// What a secret needs besides matching, as an allowlist of those that lack it.
void add_requirements(const YamlNode& node, Rule& rule, Collector& out) {
  YamlFields fields(node);
  Allowlist lacking;
  lacking.source = {out.file(), node.line};
  const auto at_least = [&](std::string_view key, const std::string& members) {
    const auto count = static_cast<uint32_t>(
        std::clamp(fields.number(key).value_or(0), 0.0, 1000.0));
    if (count > 0) lacking.regexes.push_back(fewer_than(count, members));
  };
  const std::string special = fields.text("special_chars");
  at_least("min_digits", "0-9");
  at_least("min_uppercase", "A-Z");
  at_least("min_lowercase", "a-z");
  at_least("min_special_chars",
           special.empty() ? "[:punct:]" : class_members(special));
  for (const std::string& word : fields.texts("ignore_if_contains")) {
    if (!word.empty()) lacking.stopwords.push_back(ascii_lower(word));
  }
  fields.leave("checksum", "Liquid templates are not evaluated");
  fields.finish(rule.id, out);
  if (!lacking.regexes.empty() || !lacking.stopwords.empty()) {
    rule.allowlists.push_back(std::move(lacking));
  }
}

Confidence read_confidence(YamlFields& fields, const Rule& rule,
                           Collector& out) {
  const std::string word = fields.text("confidence");
  if (word.empty()) return Confidence::kMedium;
  const auto known = from_string<Confidence>(ascii_lower(word));
  if (!known) out.not_taken(rule, "the unknown confidence '" + word + "'");
  return known.value_or(Confidence::kMedium);
}

// Our own files write the random part of an example as {{[class]{count}}}.
void read_examples(YamlFields& fields, Rule& rule, Collector& out) {
  rule.examples = fields.texts("examples");
  rule.counter_examples = fields.texts("negative_examples");
  for (auto* examples : {&rule.examples, &rule.counter_examples}) {
    const size_t left_out = std::erase_if(*examples, [](const auto& example) {
      return example.find("{{[") != std::string::npos;
    });
    if (left_out > 0) out.not_taken(rule, "an example with '{{[' in it");
  }
}

// The group that is the secret, where that is not the first.
uint32_t secret_group(const std::string& pattern) {
  const Result<TranslatedRegex> ours =
      translate_regex(pattern, RegexDialect::kRust);
  if (!ours) return 0;
  const auto token =
      std::find(ours->groups.begin(), ours->groups.end(), "TOKEN");
  return token == ours->groups.end()
             ? 0
             : static_cast<uint32_t>(token - ours->groups.begin()) + 1;
}

void read_rule(const YamlNode& node, Collector& out) {
  YamlFields fields(node);
  Rule rule = out.new_rule(fields.text("id"), node.line);
  rule.description = flowed(fields.text("name"));
  const std::string more = flowed(fields.text("description"));
  if (!more.empty()) rule.description += ": " + more;
  rule.regex = fields.text("pattern");
  rule.secret_group = secret_group(rule.regex);
  rule.entropy = fields.number("min_entropy").value_or(0);
  rule.confidence = read_confidence(fields, rule, out);
  rule.skip_report = !fields.flag("visible").value_or(true);
  rule.references = fields.texts("references");
  rule.tags = fields.texts("categories");
  read_examples(fields, rule, out);
  if (const YamlNode* needs = fields.take("pattern_requirements")) {
    add_requirements(*needs, rule, out);
  }
  fields.leave("validation", kNoRequests);
  fields.leave("revocation", kNoRequests);
  fields.leave("depends_on_rule", "it serves validation alone");
  fields.leave("prevalidated", kNoRequests);
  fields.leave("tls_mode", kNoRequests);
  fields.finish(rule.id, out);
  out.add(std::move(rule), RegexDialect::kRust);
}

}  // namespace

Status read_kingfisher(std::string_view text, Collector& out) {
  const Result<YamlNode> root = parse_yaml(text, out.file());
  if (!root) return root.error();
  YamlFields fields(*root);
  const YamlNode* rules = fields.take("rules");
  if (rules != nullptr) {
    for (const YamlNode& rule : rules->items) read_rule(rule, out);
  }
  fields.finish("", out);
  return Ok{};
}

}  // namespace leaksift
