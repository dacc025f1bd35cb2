#include <iostream>
#include <iterator>
#include <string>
#include <utility>

#include "cli/commands.h"
#include "cli/rule_setup.h"
#include "core/file.h"
#include "core/text.h"
#include "leaksift/secret.h"
#include "match/check.h"
#include "match/companions.h"
#include "match/explain.h"
#include "match/resolve.h"
#include "pack/builtin.h"

namespace leaksift {
namespace {

void print_row(const Rule& rule) {
  std::cout << rule.id << '\t' << to_string(rule.data_class) << '\t'
            << to_string(rule.severity) << '\t' << to_string(rule.confidence)
            << '\t' << printable(rule.provider) << '\t' << rule.pack << '\t'
            << printable(rule.description) << "\n";
}

Result<std::string> text_or_stdin(const std::string& argument) {
  if (argument != "-") return argument;
  return std::string(std::istreambuf_iterator<char>(std::cin), {});
}

}  // namespace

Result<ExitCode> run(const RulesListCommand& options) {
  const Result<ChosenRules> chosen = choose_rules(options.rules);
  if (!chosen) return chosen.error();
  for (const Rule& rule : chosen->set.rules) print_row(rule);
  return ExitCode::kClean;
}

Result<ExitCode> run(const RulesCheckCommand& options) {
  Result<ChosenRules> chosen = choose_rules(options.rules);
  if (!chosen) return std::move(chosen).error();
  std::vector<std::string> problems = std::move(chosen->warnings);
  for (std::string& problem : check_patterns(chosen->set)) {
    problems.push_back(std::move(problem));
  }
  add_builtin_examples(chosen->set);
  const size_t rules = chosen->set.rules.size();
  size_t examples = 0;
  for (const Rule& rule : chosen->set.rules) {
    examples += rule.examples.size() + rule.counter_examples.size();
  }
  if (problems.empty()) {
    const Result<std::unique_ptr<Engine>> engine =
        Engine::build(std::move(chosen->set), chosen->cache);
    if (!engine) return engine.error();
    problems = check_examples(**engine);
  }
  for (const std::string& problem : problems) {
    std::cout << printable(problem) << "\n";
  }
  std::cout << rules << " rules, " << examples << " examples, "
            << problems.size() << " problems\n";
  return problems.empty() ? ExitCode::kClean : ExitCode::kFindings;
}

Result<ExitCode> run(const RulesTestCommand& options) {
  const Result<std::unique_ptr<Engine>> engine = set_up_engine(options.rules);
  if (!engine) return engine.error();
  const Result<std::string> text = read_file(options.file);
  if (!text) return text.error();

  Worker worker(**engine);
  std::vector<Match> matches;
  worker.scan(*text, matches);
  const std::vector<PlacedMatch> placed =
      resolve((*engine)->rules(),
              place_whole(**engine, worker, *text, std::move(matches)));
  for (const PlacedMatch& m : placed) {
    const Secret secret(
        text->substr(m.match.secret.begin, m.match.secret.size()));
    std::cout << printable(options.file) << ":" << m.begin.line << ":"
              << m.begin.column << ": "
              << (*engine)->rules().rules[m.match.rule].id << ": "
              << printable(secret.masked())
              << (m.match.allowed_inline ? " (allowed inline)" : "") << "\n";
  }
  return placed.empty() ? ExitCode::kClean : ExitCode::kFindings;
}

Result<ExitCode> run(const RulesExplainCommand& options) {
  const Result<std::unique_ptr<Engine>> engine = set_up_engine(options.rules);
  if (!engine) return engine.error();
  const Result<uint32_t> rule = find_rule((*engine)->rules(), options.rule_id);
  if (!rule) return rule.error();
  const Result<std::string> text = text_or_stdin(options.text);
  if (!text) return text.error();
  const Explanation explanation = explain(**engine, *rule, *text);
  for (const std::string& stage : explanation.stages) {
    std::cout << printable(stage) << "\n";
  }
  return explanation.is_finding ? ExitCode::kFindings : ExitCode::kClean;
}

}  // namespace leaksift
