#include "rules/loader.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "core/file.h"
#include "core/text.h"

namespace leaksift {
namespace {

constexpr int kMaxExtendDepth = 2;  // as in gitleaks

// The file-wide values that rules of one of our files inherit.
struct FileDefaults {
  bool foreign = true;
  std::string provider;
  std::vector<std::string> references;
  DataClass data_class = DataClass::kSecret;
  Severity severity = Severity::kHigh;
  Confidence confidence = Confidence::kMedium;
};

struct Extend {
  std::string path;
  bool use_default = false;
  std::vector<std::string> disabled_rules;
};

// Reads one table field by field. The first error sticks; keys are compared
// without case, as gitleaks' own reader does.
class Document;

class TableReader {
 public:
  using Field = std::function<void(const toml::node&)>;
  struct Key {
    std::string_view name;
    Field read;
  };

  TableReader(Document& document, std::string_view what)
      : document_(document), what_(what) {}

  // Hands every entry of `table` to the key of its name.
  void read(const toml::table& table, const std::vector<Key>& keys);

 private:
  Document& document_;
  std::string_view what_;
};

// One file while it is being read.
class Document {
 public:
  explicit Document(std::string name) : name_(std::move(name)) {}

  bool failed() const { return error_.has_value(); }
  Error take_error() { return *std::move(error_); }
  std::vector<std::string>& warnings() { return warnings_; }
  bool foreign() const { return defaults.foreign; }

  RuleSource source_of(const toml::source_region& region) const {
    return {name_, region.begin.line};
  }

  void fail(const toml::source_region& region, const std::string& what) {
    if (error_) return;
    error_ = Error(source_of(region).to_string() + ": " + what);
  }

  void warn(const toml::source_region& region, const std::string& what) {
    warnings_.push_back(source_of(region).to_string() + ": " + what);
  }

  // Fields. Each sets its target or fails with the line of the node.
  TableReader::Field text(std::string& out) {
    return [this, &out](const toml::node& node) {
      if (const auto* value = node.as_string()) {
        out = value->get();
      } else {
        fail(node.source(), "expected a string");
      }
    };
  }

  TableReader::Field flag(bool& out) {
    return [this, &out](const toml::node& node) {
      if (const auto* value = node.as_boolean()) {
        out = value->get();
      } else {
        fail(node.source(), "expected true or false");
      }
    };
  }

  TableReader::Field number(double& out) {
    return [this, &out](const toml::node& node) {
      if (const auto value = node.value<double>()) {
        out = *value;
      } else {
        fail(node.source(), "expected a number");
      }
    };
  }

  template <typename Count>
  TableReader::Field count(Count& out) {
    return [this, &out](const toml::node& node) {
      constexpr int64_t kMax = 1 << 30;
      const auto* value = node.as_integer();
      if (value == nullptr || value->get() < 0 || value->get() > kMax) {
        return fail(node.source(), "expected a whole number from 0 to 2^30");
      }
      out = static_cast<uint32_t>(value->get());
    };
  }

  TableReader::Field texts(std::vector<std::string>& out) {
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

  template <typename Enum>
  TableReader::Field word(Enum& out, std::string_view choices) {
    return [this, &out, choices](const toml::node& node) {
      const auto* value = node.as_string();
      const std::optional<Enum> known =
          value ? from_string<Enum>(value->get()) : std::nullopt;
      if (!known) {
        return fail(node.source(), "expected one of " + std::string(choices));
      }
      out = *known;
    };
  }

  // A table, or an array of tables: `each` is called for every one of them.
  TableReader::Field tables(std::function<void(const toml::table&)> each) {
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

  static TableReader::Field ignored() {
    return [](const toml::node&) {};
  }

  FileDefaults defaults;

 private:
  std::string name_;
  std::optional<Error> error_;
  std::vector<std::string> warnings_;
};

void TableReader::read(const toml::table& table, const std::vector<Key>& keys) {
  for (const auto& [key, node] : table) {
    if (document_.failed()) return;
    const auto known =
        std::find_if(keys.begin(), keys.end(), [&, &k = key](const Key& entry) {
          return equal_ignoring_case(entry.name, k.str());
        });
    if (known != keys.end()) {
      known->read(node);
      continue;
    }
    std::vector<std::string_view> names;
    for (const Key& entry : keys) names.push_back(entry.name);
    std::string what =
        "unknown key '" + std::string(key.str()) + "' in " + std::string(what_);
    const std::string_view nearest = nearest_word(key.str(), names);
    if (!nearest.empty())
      what += "; did you mean '" + std::string(nearest) + "'?";
    if (document_.foreign()) {
      document_.warn(key.source(), what + " (ignored)");
    } else {
      document_.fail(key.source(), what);
    }
  }
}

void lower_all(std::vector<std::string>& texts) {
  for (std::string& text : texts) text = ascii_lower(text);
}

constexpr std::string_view kClasses = "secret, pii, pci, phi";
constexpr std::string_view kSeverities = "info, low, medium, high, critical";
constexpr std::string_view kConfidences = "low, medium, high, certain";

Allowlist read_allowlist(Document& doc, const toml::table& table, bool global) {
  Allowlist list;
  list.source = doc.source_of(table.source());
  std::string condition;
  std::string target;
  std::vector<TableReader::Key> keys = {
      {"description", doc.text(list.description)},
      {"condition", doc.text(condition)},
      {"commits", doc.texts(list.commits)},
      {"paths", doc.texts(list.paths)},
      {"regexTarget", doc.text(target)},
      {"regexes", doc.texts(list.regexes)},
      {"stopwords", doc.texts(list.stopwords)},
  };
  if (global) keys.push_back({"targetRules", doc.texts(list.target_rules)});
  TableReader(doc, "an allowlist").read(table, keys);

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
  TableReader(doc, "rules.required")
      .read(table, {{"id", doc.text(required.id)},
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

  TableReader::Field reader(int spelling) {
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

Rule new_rule(const FileDefaults& defaults) {
  Rule rule;
  rule.foreign = defaults.foreign;
  rule.provider = defaults.provider;
  rule.references = defaults.references;
  rule.data_class = defaults.data_class;
  rule.severity = defaults.severity;
  rule.confidence = defaults.confidence;
  return rule;
}

Rule read_rule(Document& doc, const toml::table& table) {
  Rule rule = new_rule(doc.defaults);
  rule.source = doc.source_of(table.source());
  AllowlistKeys allowlists(doc, false, rule.allowlists);
  TableReader(doc, "a rule")
      .read(table, {{"id", doc.text(rule.id)},
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
                    {"severity", doc.word(rule.severity, kSeverities)},
                    {"confidence", doc.word(rule.confidence, kConfidences)},
                    {"references", doc.texts(rule.references)},
                    {"examples", doc.texts(rule.examples)},
                    {"counter_examples", doc.texts(rule.counter_examples)},
                    {"checksum", doc.text(rule.checksum)},
                    {"charset", doc.text(rule.charset)},
                    {"context_after", doc.count(rule.context_after)}});
  lower_all(rule.keywords);
  if (rule.id.empty()) doc.fail(table.source(), "a rule without an id");
  return rule;
}

Extend read_extend(Document& doc, const toml::table& table) {
  Extend extend;
  std::string url;
  TableReader(doc, "[extend]")
      .read(table, {{"path", doc.text(extend.path)},
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
}

struct FileContent {
  RuleSet set;
  Extend extend;
};

FileContent read_root(Document& doc, const toml::table& root) {
  FileContent content;
  read_defaults(doc, root);
  FileDefaults& defaults = doc.defaults;
  std::vector<const toml::table*> rules;  // read last: they inherit
  AllowlistKeys allowlists(doc, true, content.set.allowlists);
  std::vector<TableReader::Key> keys = {
      {"title", doc.ignored()},
      {"description", doc.ignored()},
      {"minVersion", doc.ignored()},
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
    keys.push_back({"provider", doc.text(defaults.provider)});
    keys.push_back({"references", doc.texts(defaults.references)});
    keys.push_back({"class", doc.word(defaults.data_class, kClasses)});
    keys.push_back({"severity", doc.word(defaults.severity, kSeverities)});
    keys.push_back({"confidence", doc.word(defaults.confidence, kConfidences)});
  }
  TableReader(doc, "a rule file").read(root, keys);
  for (const toml::table* table : rules) {
    content.set.rules.push_back(read_rule(doc, *table));
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

void override_rule(Rule& base, Rule changes) {
  if (!changes.description.empty()) base.description = changes.description;
  if (!changes.regex.empty()) base.regex = changes.regex;
  if (!changes.path.empty()) base.path = changes.path;
  if (changes.entropy != 0) base.entropy = changes.entropy;
  if (changes.secret_group != 0) base.secret_group = changes.secret_group;
  auto append = [](auto& to, auto& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()),
              std::make_move_iterator(from.end()));
  };
  append(base.keywords, changes.keywords);
  append(base.tags, changes.tags);
  append(base.allowlists, changes.allowlists);
  append(base.required, changes.required);
}

void sort_by_id(std::vector<Rule>& rules) {
  std::sort(rules.begin(), rules.end(),
            [](const Rule& a, const Rule& b) { return a.id < b.id; });
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
  if (extend.use_default) return LoadedRules{builtin, {}};
  if (extend.path.empty() || depth >= kMaxExtendDepth) return LoadedRules{};
  return load_at_depth(extend.path, builtin, depth + 1);
}

Result<LoadedRules> parse_at_depth(std::string_view text,
                                   const std::string& name,
                                   const RuleSet& builtin, int depth) {
  Document doc(name);
  FileContent content;
  try {
    const toml::table root = toml::parse(text, name);
    content = read_root(doc, root);
  } catch (const toml::parse_error& e) {
    doc.fail(e.source(), std::string(e.description()));
  }
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
  loaded.warnings = std::move(base->warnings);
  loaded.warnings.insert(loaded.warnings.end(), doc.warnings().begin(),
                         doc.warnings().end());
  return loaded;
}

}  // namespace

RuleSet merge_rules(RuleSet base, RuleSet changes) {
  std::map<std::string, size_t> position;
  for (size_t i = 0; i < base.rules.size(); ++i) {
    position.emplace(base.rules[i].id, i);
  }
  for (Rule& rule : changes.rules) {
    const auto known = position.find(rule.id);
    if (known != position.end()) {
      override_rule(base.rules[known->second], std::move(rule));
    } else {
      base.rules.push_back(std::move(rule));
    }
  }
  for (Allowlist& list : changes.allowlists) {
    base.allowlists.push_back(std::move(list));
  }
  sort_by_id(base.rules);
  return base;
}

Result<LoadedRules> load_rule_file(const std::string& path,
                                   const RuleSet& builtin) {
  return load_at_depth(path, builtin, 0);
}

Result<LoadedRules> parse_rules(std::string_view text, const std::string& name,
                                const RuleSet& builtin) {
  return parse_at_depth(text, name, builtin, 0);
}

}  // namespace leaksift
