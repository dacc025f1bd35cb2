#include <iostream>
#include <map>
#include <string>
#include <string_view>

#include "cli/commands.h"
#include "cli/rule_setup.h"
#include "core/file.h"
#include "core/text.h"
#include "hook/policy.h"
#include "sources/wildmatch.h"

namespace leaksift {
namespace {

// "[\"a\", \"b\"]"
template <typename List, typename ToText>
std::string array_of(const List& list, ToText to_text) {
  std::string all;
  for (const auto& entry : list) {
    all += (all.empty() ? "\"" : ", \"") + std::string(to_text(entry)) + "\"";
  }
  return "[" + all + "]";
}

std::string array_of(const std::vector<std::string>& texts) {
  return array_of(texts, [](const std::string& text) { return text; });
}

// Prints keys and values as they stand in a policy.
class PolicyPrinter {
 public:
  void print(const Policy& policy) {
    const HookPlaces places = places_of(policy, "<git dir>");
    text("mode", to_string(policy.mode));
    number("deadline_ms", policy.deadline_ms);
    text("on_timeout", to_string(policy.on_timeout));
    text("on_error", to_string(policy.on_error));
    text("on_partial", to_string(policy.on_partial));
    number("jobs", policy.jobs);
    number("memory_mib", policy.memory_mib);
    number("slots", policy.slots);
    if (policy.max_file_mib) number("max_file_mib", *policy.max_file_mib);
    line("packs", array_of(policy.packs));
    line("rules", array_of(policy.rules));
    optional_text("config", policy.config);
    line("repository_config", array_of(trusted(policy.repository_config)));
    text("state", places.state);
    text("action_max", to_string(policy.action_max));
    section("[message]");
    number("max_findings", policy.max_findings);
    optional_text("help_url", policy.help_url);
    optional_text("contact", policy.contact);
    section("[audit]");
    text("file", places.audit);
    number("max_mib", policy.audit_max_mib);
    section("[spool]");
    text("dir", places.spool);
    section("[approvals]");
    text("file", places.approvals);
    if (!policy.groups.empty()) section("[groups]");
    for (const auto& [name, users] : policy.groups) {
      line(name, array_of(users));
    }
    for (const RuleAction& rule : policy.rule_actions) print(rule);
    for (const BypassRule& rule : policy.bypasses) print(rule);
  }

 private:
  static std::vector<std::string> trusted(const RepositoryConfig& config) {
    std::vector<std::string> words;
    if (config.inline_comments) words.emplace_back("inline-comments");
    if (config.ignore_file) words.emplace_back("ignore-file");
    return words;
  }

  void print(const RuleAction& rule) {
    section("[[rule_action]]");
    if (!rule.rules.empty()) line("rules", array_of(rule.rules));
    if (!rule.classes.empty()) {
      line("classes", array_of(rule.classes,
                               [](DataClass one) { return to_string(one); }));
    }
    text("min_severity", to_string(rule.min_severity));
    text("min_confidence", to_string(rule.min_confidence));
    text("action", to_string(rule.action));
  }

  void print(const BypassRule& rule) {
    section("[[bypass]]");
    line("who", array_of(rule.who));
    line("kinds",
         array_of(rule.kinds, [](BypassKind kind) { return to_string(kind); }));
    line("reason_required", rule.reason_required ? "true" : "false");
    if (rule.max_per_push) number("max_per_push", *rule.max_per_push);
  }

  void section(std::string_view name) { std::cout << "\n" << name << "\n"; }
  void line(std::string_view key, std::string_view value) {
    std::cout << printable(key) << " = " << printable(value) << "\n";
  }
  void text(std::string_view key, std::string_view value) {
    line(key, "\"" + std::string(value) + "\"");
  }
  void optional_text(std::string_view key, std::string_view value) {
    if (!value.empty()) text(key, value);
  }
  void number(std::string_view key, uint32_t value) {
    line(key, std::to_string(value));
  }
};

// Which globs of a policy name a rule, and which none. What two policies of a
// file share counts for both.
class GlobCheck {
 public:
  Status add(const Policy& policy) {
    RuleOptions options;
    options.rule_paths = policy.rules;
    options.config = policy.config;
    options.packs = policy.packs;
    options.all_packs = true;
    const Result<ChosenRules> chosen = choose_rules(options);
    if (!chosen) return chosen.error();
    for (const RuleAction& action : policy.rule_actions) {
      for (const std::string& glob : action.rules) {
        bool& found = found_[action.source + ": '" + glob + "'"];
        for (const Rule& rule : chosen->set.rules) {
          found |= wildmatch(glob, rule.id, WildText::kName);
        }
      }
    }
    return Ok{};
  }

  // "FILE:3: 'aws-*' matches the id of no rule; ..."
  std::vector<std::string> problems() const {
    std::vector<std::string> list;
    for (const auto& [glob, found] : found_) {
      if (!found) {
        list.push_back(glob +
                       " matches the id of no rule; see leaksift rules "
                       "list");
      }
    }
    return list;
  }

 private:
  std::map<std::string, bool> found_;
};

ExitCode report_problem(const std::string& problem) {
  std::cerr << "leaksift: " << printable(problem) << "\n";
  return ExitCode::kFindings;
}

}  // namespace

Result<ExitCode> run(const HookCheckPolicyCommand& options) {
  const Result<std::string> text = read_file(options.file, kMaxPolicySize);
  if (!text) return text.error();
  const Result<PolicyFile> file = parse_policy(*text, options.file);
  if (!file) return report_problem(file.error().message());

  GlobCheck globs;
  Status checked = globs.add(file->policy);
  for (const PolicyFile::Override& one : file->overrides) {
    if (checked) checked = globs.add(one.policy);
  }
  if (!checked) return report_problem(checked.error().message());

  const PolicyFile::Override* const one =
      file->override_for(options.repository);
  std::cout << "# what holds for "
            << (options.repository.empty() ? "repositories without a [[repo]]"
                                           : printable(options.repository));
  if (one != nullptr) {
    std::cout << ", by [[repo]] " << printable(one->match) << " ("
              << printable(one->source) << ")";
  }
  std::cout << "\n";
  PolicyPrinter().print(file->policy_for(options.repository));
  ExitCode code = ExitCode::kClean;
  for (const std::string& problem : globs.problems()) {
    code = report_problem(problem);
  }
  return code;
}

}  // namespace leaksift
