#include "rules/loader.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "check/check.h"
#include "core/file.h"
#include "core/text.h"
#include "rules/expr_filter.h"
#include "rules/family.h"
#include "rules/toml_fields.h"

namespace leaksift {
namespace {

constexpr int kMaxExtendDepth = 2;  // as in gitleaks

// The file-wide values that rules of one of our files inherit.
struct FileDefaults {
  bool foreign = true;
  std::string provider;
  std::string pack;
  std::vector<std::string> references;
  DataClass data_class = DataClass::kSecret;
  std::optional<Severity> severity;
  Confidence confidence = Confidence::kMedium;
};

struct Extend {
  RuleSource source;
  std::string path;
  bool use_default = false;
  std::vector<std::string> disabled_rules;
};

// One rule file while it is being read.
class Document : public TomlDocument {
 public:
  explicit Document(std::string name) : TomlDocument(std::move(name)) {
    tolerate_unknown_keys(foreign());
  }

  bool foreign() const { return defaults.foreign; }
  RuleSource source_of(const toml::source_region& region) const {
    return {name(), line_of(region)};
  }

  FileDefaults defaults;
};

void lower_all(std::vector<std::string>& texts) {
  for (std::string& text : texts) text = ascii_lower(text);
}

constexpr std::string_view kClasses = "secret, pii, pci, phi, code";
constexpr std::string_view kSeverities = "info, low, medium, high, critical";
constexpr std::string_view kConfidences = "low, medium, high, certain";

Allowlist read_allowlist(Document& doc, const toml::table& table, bool global) {
  Allowlist list;
  list.source = doc.source_of(table.source());
  std::string condition;
  std::string target;
  std::vector<TomlKey> keys = {
      {"description", doc.text(list.description)},
      {"condition", doc.text(condition)},
      {"commits", doc.texts(list.commits)},
      {"paths", doc.texts(list.paths)},
      {"regexTarget", doc.text(target)},
      {"regexes", doc.texts(list.regexes)},
      {"stopwords", doc.texts(list.stopwords)},
  };
  if (global) keys.push_back({"targetRules", doc.texts(list.target_rules)});
  doc.read(table, "an allowlist", keys);

  lower_all(list.commits);
  lower_all(list.stopwords);
  condition = ascii_lower(condition);
  list.all_conditions = condition == "and" || condition == "&&";
  if (!list.all_conditions && !condition.empty() && condition != "or" &&
      condition != "||") {
    doc.fail(table.source(), "allowlist condition '" + condition +
                                 "' is neither \"OR\" nor \"AND\"");
  }
  if (target == "match") {
    list.target = AllowTarget::kMatch;
  } else if (target == "line") {
    list.target = AllowTarget::kLine;
  } else if (!target.empty() && target != "secret") {
    doc.fail(table.source(),
             "regexTarget '" + target +
                 "' is none of \"secret\", \"match\", \"line\"");
  }
  if (list.commits.empty() && list.paths.empty() && list.regexes.empty() &&
      list.stopwords.empty()) {
    doc.fail(table.source(),
             "an allowlist needs commits, paths, regexes or stopwords");
  }
  return list;
}

RequiredRule read_required(Document& doc, const toml::table& table) {
  RequiredRule required;
  doc.read(table, "rules.required",
           {{"id", doc.text(required.id)},
            {"optional", doc.flag(required.optional)},
            {"withinLines", doc.count(required.within_lines)},
            {"withinColumns", doc.count(required.within_columns)}});
  if (required.id.empty()) {
    doc.fail(table.source(), "rules.required without an id");
  }
  return required;
}

// `[allowlist]` is the older spelling of `[[allowlists]]`: one or the other.
class AllowlistKeys {
 public:
  AllowlistKeys(Document& doc, bool global, std::vector<Allowlist>& out)
      : doc_(doc), global_(global), out_(out) {}

  TomlField reader(int spelling) {
    return doc_.tables([this, spelling](const toml::table& table) {
      if (spelling_ != 0 && spelling_ != spelling) {
        doc_.fail(table.source(),
                  "both 'allowlist' and 'allowlists'; keep 'allowlists'");
      }
      spelling_ = spelling;
      out_.push_back(read_allowlist(doc_, table, global_));
    });
  }

 private:
  Document& doc_;
  bool global_;
  std::vector<Allowlist>& out_;
  int spelling_ = 0;
};

// Nothing if the rule names no check, or one that there is.
std::optional<std::string> unknown_check(const Rule& rule) {
  if (rule.checksum.empty() || find_check(rule.checksum) != nullptr) {
    return std::nullopt;
  }
  std::vector<std::string_view> names;
  for (const Check& check : all_checks()) names.push_back(check.name);
  return "unknown checksum '" + rule.checksum + "'" +
         did_you_mean(rule.checksum, names);
}

Rule new_rule(const FileDefaults& defaults) {
  Rule rule;
  rule.foreign = defaults.foreign;
  rule.provider = defaults.provider;
  rule.references = defaults.references;
  rule.pack = defaults.pack;
  rule.data_class = defaults.data_class;
  rule.confidence = defaults.confidence;
  return rule;
}

// A filter of betterleaks: an expression that drops secrets.
TomlField filter(Document& doc, const std::string& whose, double& entropy) {
  return [&doc, &whose, &entropy](const toml::node& node) {
    const auto* text = node.as_string();
    const std::optional<double> bits =
        text ? entropy_of_filter(text->get()) : std::nullopt;
    if (bits) {
      entropy = std::max(entropy, *bits);
    } else {
      doc.warn(node.source(),
               "'filter' in " + whose + " is not evaluated (ignored)");
    }
  };
}

// `more`: keys besides those of a rule.
Rule read_rule(Document& doc, const toml::table& table,
               std::vector<TomlKey> more = {}) {
  Rule rule = new_rule(doc.defaults);
  rule.source = doc.source_of(table.source());
  const std::string id = table["id"].value_or(std::string());
  const std::string what = id.empty() ? "a rule" : "rule '" + id + "'";
  std::optional<Severity> severity = doc.defaults.severity;
  double filter_entropy = 0;
  AllowlistKeys allowlists(doc, false, rule.allowlists);
  std::vector<TomlKey> keys = {
      {"id", doc.text(rule.id)},
      {"description", doc.text(rule.description)},
      {"provider", doc.text(rule.provider)},
      {"regex", doc.text(rule.regex)},
      {"path", doc.text(rule.path)},
      {"secretGroup", doc.count(rule.secret_group)},
      {"entropy", doc.number(rule.entropy)},
      {"keywords", doc.texts(rule.keywords)},
      {"tags", doc.texts(rule.tags)},
      {"allowlists", allowlists.reader(1)},
      {"allowlist", allowlists.reader(2)},
      {"required", doc.tables([&](const toml::table& entry) {
         rule.required.push_back(read_required(doc, entry));
       })},
      {"skipReport", doc.flag(rule.skip_report)},
      {"class", doc.word(rule.data_class, kClasses)},
      {"severity", doc.word(severity, kSeverities)},
      {"confidence", doc.word(rule.confidence, kConfidences)},
      {"if_words", doc.word(rule.if_words, kConfidences)},
      {"no_words", doc.flag(rule.no_words)},
      {"if_paired", doc.word(rule.if_paired, kConfidences)},
      {"references", doc.texts(rule.references)},
      {"remedy", doc.text(rule.remedy)},
      {"min_count", doc.count(rule.min_count)},
      {"examples", doc.texts(rule.examples)},
      {"counter_examples", doc.texts(rule.counter_examples)},
      {"checksum", doc.text(rule.checksum)},
      {"charset", doc.text(rule.charset)},
      {"context_after", doc.count(rule.context_after)}};
  keys.insert(keys.end(), more.begin(), more.end());
  if (doc.foreign()) {
    keys.push_back({"filter", filter(doc, what, filter_entropy)});
  }
  doc.read(table, what, keys);
  rule.states_severity = severity.has_value();
  rule.severity = severity.value_or(rule.severity);
  rule.entropy = std::max(rule.entropy, filter_entropy);
  lower_all(rule.keywords);
  if (rule.id.empty()) doc.fail(table.source(), "a rule without an id");
  if (rule.if_paired && rule.required.empty()) {
    doc.fail(table.source(), "if_paired in " + what + " without 'required'");
  }
  if (const auto unknown = unknown_check(rule)) {
    doc.fail(table.source(), *unknown);
  }
  return rule;
}

// [[families]]: a rule, and the list of its members, each of which becomes one.
void read_family(Document& doc, const toml::table& table,
                 std::vector<Rule>& rules) {
  const toml::array* members = table["members"].as_array();
  const Rule rule = read_rule(doc, table, {{"members", doc.ignored()}});
  if (members == nullptr || members->empty()) {
    return doc.fail(table.source(), "a family without members");
  }
  for (const toml::node& node : *members) {
    const auto* line = node.as_string();
    if (line == nullptr) return doc.fail(node.source(), "expected a string");
    const Result<FamilyMember> member = parse_family_member(line->get());
    if (!member) return doc.fail(node.source(), member.error().message());
    rules.push_back(member_rule(rule, *member));
    rules.back().source = doc.source_of(node.source());
  }
}

Extend read_extend(Document& doc, const toml::table& table) {
  Extend extend;
  extend.source = doc.source_of(table.source());
  std::string url;
  doc.read(table, "[extend]",
           {{"path", doc.text(extend.path)},
            {"url", doc.text(url)},
            {"useDefault", doc.flag(extend.use_default)},
            {"disabledRules", doc.texts(extend.disabled_rules)}});
  if (!url.empty()) {
    doc.fail(table.source(),
             "[extend] url is not read from the network; use path");
  }
  if (extend.use_default && !extend.path.empty()) {
    doc.fail(table.source(), "[extend] takes path or useDefault, not both");
  }
  return extend;
}

// `format = 1` makes a file one of ours: unknown keys are errors then, and the
// file-wide values below hold for its rules.
void read_defaults(Document& doc, const toml::table& root) {
  const toml::node* format = root.get("format");
  if (format == nullptr) return;
  const auto* number = format->as_integer();
  if (number == nullptr || number->get() != 1) {
    return doc.fail(format->source(), "the only known format is 1");
  }
  doc.defaults.foreign = false;
  doc.tolerate_unknown_keys(false);
}

struct FileContent {
  RuleSet set;
  Extend extend;
};

FileContent read_root(Document& doc, const toml::table& root) {
  FileContent content;
  read_defaults(doc, root);
  FileDefaults& defaults = doc.defaults;
  // Read last: they inherit.
  std::vector<const toml::table*> rules;
  std::vector<const toml::table*> families;
  AllowlistKeys allowlists(doc, true, content.set.allowlists);
  std::vector<TomlKey> keys = {
      {"title", doc.ignored()},
      {"description", doc.ignored()},
      {"minVersion", doc.ignored()},
      {"betterleaksMinVersion", doc.ignored()},
      {"extend", doc.tables([&](const toml::table& table) {
         content.extend = read_extend(doc, table);
       })},
      {"rules",
       doc.tables([&](const toml::table& table) { rules.push_back(&table); })},
      {"allowlists", allowlists.reader(1)},
      {"allowlist", allowlists.reader(2)},
  };
  if (!defaults.foreign) {
    keys.push_back({"format", doc.ignored()});
    keys.push_back({"families", doc.tables([&](const toml::table& table) {
                      families.push_back(&table);
                    })});
    keys.push_back({"pack", doc.text(defaults.pack)});
    keys.push_back({"provider", doc.text(defaults.provider)});
    keys.push_back({"references", doc.texts(defaults.references)});
    keys.push_back({"class", doc.word(defaults.data_class, kClasses)});
    keys.push_back({"severity", doc.word(defaults.severity, kSeverities)});
    keys.push_back({"confidence", doc.word(defaults.confidence, kConfidences)});
  }
  doc.read(root, "a rule file", keys);
  for (const toml::table* table : rules) {
    content.set.rules.push_back(read_rule(doc, *table));
  }
  for (const toml::table* table : families) {
    read_family(doc, *table, content.set.rules);
  }
  return content;
}

std::optional<Error> find_double(const std::vector<Rule>& rules) {
  std::map<std::string_view, const Rule*> seen;
  for (const Rule& rule : rules) {
    const auto [at, fresh] = seen.emplace(rule.id, &rule);
    if (fresh) continue;
    return Error(rule.source.to_string() + ": rule '" + rule.id +
                 "' is defined already at " + at->second->source.to_string());
  }
  return std::nullopt;
}

Result<LoadedRules> parse_at_depth(std::string_view text,
                                   const std::string& name,
                                   const RuleSet& builtin, int depth);

Result<LoadedRules> load_at_depth(const std::string& path,
                                  const RuleSet& builtin, int depth) {
  Result<std::string> text = read_file(path);
  if (!text) return std::move(text).error().in("cannot read rules");
  return parse_at_depth(*text, path, builtin, depth);
}

Result<LoadedRules> base_of(const Extend& extend, const RuleSet& builtin,
                            int depth) {
  if (extend.use_default) return LoadedRules{builtin, true, {}, {}};
  if (extend.path.empty()) return LoadedRules{};
  if (depth >= kMaxExtendDepth) {
    return LoadedRules{{},
                       false,
                       {},
                       {extend.source.to_string() + ": " + extend.path +
                        " is not read: files are extended two levels deep"}};
  }
  return load_at_depth(extend.path, builtin, depth + 1);
}

Result<LoadedRules> parse_at_depth(std::string_view text,
                                   const std::string& name,
                                   const RuleSet& builtin, int depth) {
  Document doc(name);
  FileContent content;
  if (const auto root = doc.parse(text)) content = read_root(doc, *root);
  if (doc.failed()) return doc.take_error();
  if (auto twice = find_double(content.set.rules)) return *std::move(twice);

  Result<LoadedRules> base = base_of(content.extend, builtin, depth);
  if (!base) return std::move(base).error().in(name + ": [extend]");
  const auto& disabled = content.extend.disabled_rules;
  std::erase_if(base->set.rules, [&](const Rule& rule) {
    return std::find(disabled.begin(), disabled.end(), rule.id) !=
           disabled.end();
  });

  LoadedRules loaded;
  loaded.set = merge_rules(std::move(base->set), std::move(content.set));
  loaded.extends_builtin = base->extends_builtin;
  loaded.disabled_builtin = std::move(base->disabled_builtin);
  loaded.disabled_builtin.insert(loaded.disabled_builtin.end(),
                                 disabled.begin(), disabled.end());
  loaded.warnings = std::move(base->warnings);
  loaded.warnings.insert(loaded.warnings.end(), doc.warnings().begin(),
                         doc.warnings().end());
  return loaded;
}

}  // namespace

Result<LoadedRules> load_rule_file(const std::string& path,
                                   const RuleSet& builtin) {
  return load_at_depth(path, builtin, 0);
}

Result<LoadedRules> parse_rules(std::string_view text, const std::string& name,
                                const RuleSet& builtin) {
  return parse_at_depth(text, name, builtin, 0);
}

}  // namespace leaksift
