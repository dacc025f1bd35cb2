// Build step: writes pack/embedded.h's contents as a C++ file.
//   embed OUT.cc RULES.toml...
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/file.h"
#include "match/engine.h"
#include "rules/loader.h"
#include "rules/stored.h"

namespace {

using leaksift::Engine;
using leaksift::EngineTables;
using leaksift::LoadedRules;
using leaksift::Prefilter;
using leaksift::PrefilterTarget;
using leaksift::Result;
using leaksift::Rule;
using leaksift::RuleSet;
using leaksift::StoredPlan;

// As adjacent string literals: compilers read those ten times faster than
// lists of numbers.
std::string literal(std::string_view bytes) {
  constexpr std::string_view kDigits = "01234567";
  constexpr size_t kPerLine = 1000;
  std::string out = "\"";
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i % kPerLine == kPerLine - 1) out += "\"\n\"";
    const auto byte = static_cast<unsigned char>(bytes[i]);
    const bool plain = byte >= ' ' && byte < 0x7f && byte != '"' &&
                       byte != '\\' && byte != '?';
    if (plain) {
      out += static_cast<char>(byte);
    } else {
      out += '\\';
      out += kDigits[byte >> 6];
      out += kDigits[byte >> 3 & 7];
      out += kDigits[byte & 7];
    }
  }
  return out + "\"";
}

std::string view(std::string_view bytes) {
  return "std::string_view(" + literal(bytes) + ", " +
         std::to_string(bytes.size()) + ")";
}

std::string name_of(std::string_view path) {
  const size_t folder = path.rfind("patterns/");
  return std::string(
      path.substr(folder == std::string_view::npos ? 0 : folder));
}

Result<RuleSet> read_all(const std::vector<std::string>& paths) {
  RuleSet rules;
  for (const std::string& path : paths) {
    const Result<std::string> text = leaksift::read_file(path);
    if (!text) return text.error();
    Result<LoadedRules> loaded =
        leaksift::parse_rules(*text, name_of(path), RuleSet());
    if (!loaded) return std::move(loaded).error();
    rules = merge_rules(std::move(rules), std::move(loaded->set));
  }
  return rules;
}

std::vector<StoredPlan> plans_of(const Engine& engine) {
  std::vector<StoredPlan> plans;
  for (uint32_t i = 0; i < engine.rule_count(); ++i) {
    if (!engine.has_content(i)) continue;
    plans.push_back(
        {plan_key(engine.rule(i).rule), engine.rule(i).shared_plan});
  }
  return plans;
}

// Aligned as their reader wants them.
std::string tables_of(const EngineTables& tables) {
  return "alignas(" + std::to_string(EngineTables::kAlignment) +
         ") constexpr char kTables[] = " + literal(tables.bytes()) +
         ";\nconst std::string_view kEmbeddedTables(kTables, " +
         std::to_string(tables.bytes().size()) + ");\n";
}

Result<std::string> write_all(const std::vector<std::string>& paths) {
  Result<RuleSet> rules = read_all(paths);
  if (!rules) return std::move(rules).error();
  // Plans are embedded for all rules, tables and databases for those used
  // always.
  Result<std::unique_ptr<Engine>> all = Engine::build(*rules);
  if (!all) return std::move(all).error();
  std::erase_if(rules->rules,
                [](const Rule& rule) { return !rule.pack.empty(); });
  Result<std::unique_ptr<Engine>> engine = Engine::build(*std::move(rules));
  if (!engine) return std::move(engine).error();
  const EngineTables& tables = (*engine)->tables();

  std::string out = "#include \"pack/embedded.h\"\nnamespace leaksift {\n";
  out += "const std::string_view kEmbeddedRules = " +
         view(leaksift::store_rules((*all)->rules())) + ";\n";
  out += "const std::string_view kEmbeddedPlans = " +
         view(leaksift::store_plans(plans_of(**all))) + ";\n";
  out += "const std::string_view kEmbeddedExamples = " +
         view(leaksift::store_examples((*all)->rules())) + ";\n";
  out += tables_of(tables);
  out += "const unsigned long long kEmbeddedTablesKey = " +
         std::to_string(EngineTables::key_of((*engine)->rules())) + "ULL;\n";
  out += "const std::string_view kEmbeddedPrefilters[] = {\n";
  size_t count = 0;
  for (const PrefilterTarget target :
       {PrefilterTarget::kAvx512, PrefilterTarget::kAvx2,
        PrefilterTarget::kBaseline}) {
    Result<Prefilter> prefilter = Prefilter::compile(tables.patterns(), target);
    if (!prefilter) return std::move(prefilter).error();
    out += view(prefilter->serialize()) + ",\n";
    ++count;
  }
  out +=
      "{}};\nconst size_t kEmbeddedPrefilterCount = " + std::to_string(count) +
      ";\n";
  out += "const unsigned long long kEmbeddedAnchorsKey = " +
         std::to_string(tables.anchors_key()) + "ULL;\n";
  return out + "}  // namespace leaksift\n";
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (args.empty()) {
    std::cerr << "usage: embed OUT.cc RULES.toml...\n";
    return 2;
  }
  const Result<std::string> text = write_all({args.begin() + 1, args.end()});
  if (!text) {
    std::cerr << text.error().message() << "\n";
    return 2;
  }
  const leaksift::Status written = leaksift::write_file(args[0], *text);
  if (!written) {
    std::cerr << written.error().message() << "\n";
    return 2;
  }
  return 0;
}
