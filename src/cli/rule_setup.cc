#include "cli/rule_setup.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <set>

#include "core/sort_unique.h"
#include "core/text.h"
#include "match/check.h"
#include "pack/builtin.h"
#include "rules/loader.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

// Adds the *.toml files of a folder and all below it, in the order of names. A
// file or folder that links lead to again is taken once.
Status add_rule_files(const fs::path& folder, std::set<fs::path>& seen,
                      std::vector<std::string>& files) {
  std::error_code error;
  if (!seen.insert(fs::weakly_canonical(folder, error)).second) return Ok{};
  std::vector<fs::path> entries;
  for (fs::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    entries.push_back(it->path());
  }
  if (error) return Error(folder.string() + ": " + error.message());
  std::sort(entries.begin(), entries.end());
  for (const fs::path& entry : entries) {
    if (fs::is_directory(entry, error)) {
      if (Status below = add_rule_files(entry, seen, files); !below) {
        return below;
      }
    } else if (entry.extension() == ".toml" &&
               seen.insert(fs::weakly_canonical(entry, error)).second) {
      files.push_back(entry.string());
    }
  }
  return Ok{};
}

// The rule files that `path` names: itself, or those of a folder.
Result<std::vector<std::string>> rule_files(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return std::vector<std::string>{path};
  std::set<fs::path> seen;
  std::vector<std::string> files;
  if (Status added = add_rule_files(path, seen, files); !added) {
    return std::move(added).error();
  }
  if (files.empty()) {
    return Error(path + ": no *.toml file in this folder or below");
  }
  return files;
}

void add_to(ChosenRules& chosen, LoadedRules loaded) {
  chosen.set = merge_rules(std::move(chosen.set), std::move(loaded.set));
  std::move(loaded.warnings.begin(), loaded.warnings.end(),
            std::back_inserter(chosen.warnings));
}

Status load_paths(const std::vector<std::string>& paths, const RuleSet& builtin,
                  ChosenRules& chosen) {
  for (const std::string& path : paths) {
    const Result<std::vector<std::string>> files = rule_files(path);
    if (!files) return files.error();
    for (const std::string& file : *files) {
      Result<LoadedRules> loaded = load_rule_file(file, builtin);
      if (!loaded) return std::move(loaded).error();
      add_to(chosen, *std::move(loaded));
    }
  }
  return Ok{};
}

Status check_known(const RuleSet& set, const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    const Result<uint32_t> known = find_rule(set, id);
    if (!known) return known.error();
  }
  return Ok{};
}

bool is_one_of(const std::vector<std::string>& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

// Keeps the rules of the packs that are asked for, and those asked for by id.
Status choose_packs(const RuleOptions& options, RuleSet& set) {
  std::vector<std::string_view> known;
  for (const Rule& rule : set.rules) {
    if (!rule.pack.empty()) known.push_back(rule.pack);
  }
  sort_unique(known);
  for (const std::string& pack : options.packs) {
    if (!std::binary_search(known.begin(), known.end(), pack)) {
      return Error("no pack '" + pack + "'" + did_you_mean(pack, known));
    }
  }
  if (options.all_packs) return Ok{};
  std::erase_if(set.rules, [&](const Rule& rule) {
    return !rule.pack.empty() && !is_one_of(options.packs, rule.pack) &&
           !is_one_of(options.only, rule.id);
  });
  return Ok{};
}

Status select(const RuleOptions& options, RuleSet& set) {
  if (Status known = check_known(set, options.only); !known) return known;
  if (Status known = check_known(set, options.except); !known) return known;
  std::erase_if(set.rules, [&](const Rule& rule) {
    const bool chosen =
        options.only.empty() || is_one_of(options.only, rule.id);
    return !chosen || is_one_of(options.except, rule.id);
  });
  return Ok{};
}

}  // namespace

Result<uint32_t> find_rule(const RuleSet& set, const std::string& id) {
  std::vector<std::string_view> ids;
  for (const Rule& rule : set.rules) {
    if (rule.id == id) return static_cast<uint32_t>(ids.size());
    ids.push_back(rule.id);
  }
  return Error("no rule '" + id + "'" +
               did_you_mean(id, ids, "; see leaksift rules list"));
}

Result<ChosenRules> choose_rules(const RuleOptions& options) {
  BuiltinRules builtin = builtin_rules();
  ChosenRules chosen;
  chosen.cache = std::move(builtin.cache);
  if (Status packs = choose_packs(options, builtin.set); !packs) {
    return std::move(packs).error();
  }
  if (options.rule_paths.empty() && options.config.empty()) {
    chosen.set = std::move(builtin.set);
    chosen.builtin_only = true;
  } else if (options.config.empty()) {
    Status loaded = load_paths(options.rule_paths, builtin.set, chosen);
    if (!loaded) return std::move(loaded).error();
  } else {
    // What a config file extends by `useDefault` is what would be used without
    // it.
    ChosenRules base;
    Status loaded = load_paths(options.rule_paths, builtin.set, base);
    if (!loaded) return std::move(loaded).error();
    if (options.rule_paths.empty()) base.set = std::move(builtin.set);
    loaded = load_paths({options.config}, base.set, chosen);
    if (!loaded) return std::move(loaded).error();
  }
  if (chosen.set.rules.empty()) {
    return Error(options.config +
                 ": no rules; add [extend] with useDefault = true to use the "
                 "built-in ones");
  }
  if (Status selected = select(options, chosen.set); !selected) {
    return std::move(selected).error();
  }
  return chosen;
}

Result<std::unique_ptr<Engine>> set_up_engine(const RuleOptions& options) {
  Result<ChosenRules> chosen = choose_rules(options);
  if (!chosen) return std::move(chosen).error();
  for (const std::string& warning : chosen->warnings) {
    std::cerr << "warning: " << printable(warning) << "\n";
  }
  if (!chosen->builtin_only) {
    const std::vector<std::string> problems = check_patterns(chosen->set);
    if (!problems.empty()) {
      std::string all = problems.front();
      for (size_t i = 1; i < problems.size(); ++i) all += "\n" + problems[i];
      return Error(all);
    }
  }
  return Engine::build(std::move(chosen->set), chosen->cache);
}

}  // namespace leaksift
