#include "sweep/rule_change.h"

#include <algorithm>
#include <utility>

#include "core/digest.h"
#include "core/text.h"
#include "rules/stored.h"

namespace leaksift {
namespace {

constexpr std::string_view kProfileHead = "rule profile 1";
constexpr std::string_view kChangeHead = "rule change 1";
constexpr size_t kMostGained = 100;

std::string short_hash(std::string_view bytes) {
  return to_hex(sha256(bytes)).substr(0, 16);
}

Allowlist without_description(Allowlist list) {
  list.description.clear();
  list.source = {};
  return list;
}

// What a match of it depends on.
Rule without_description(Rule rule) {
  rule.description.clear();
  rule.severity = Severity::kHigh;
  rule.states_severity = false;
  rule.references.clear();
  rule.remedy.clear();
  rule.tags.clear();
  rule.pack.clear();
  rule.examples.clear();
  rule.counter_examples.clear();
  rule.source = {};
  for (Allowlist& list : rule.allowlists) {
    list = without_description(std::move(list));
  }
  return rule;
}

// A comment that allows a rule takes a word for a rule's id if there is such a
// rule or a dash in it (Judge::is_allowed_inline): without one the rule's being
// there matters to others.
bool is_local(const Rule& rule) {
  return !rule.regex.empty() && rule.id.find('-', 1) != std::string::npos &&
         rule.id.front() != '-' &&
         rule.id.find_first_of("\t\n ,") == std::string::npos;
}

// The least that Judge and resolve() may make of it.
Confidence least_confidence(const Rule& rule) {
  Confidence least = rule.confidence;
  least = std::min(least, rule.if_words.value_or(least));
  least = std::min(least, rule.if_paired.value_or(least));
  if (!rule.checksum.empty() && least != Confidence::kLow) {
    least = static_cast<Confidence>(static_cast<int>(least) - 1);
  }
  return least;
}

bool is_required(const RuleProfile& profile, const std::string& id) {
  return std::any_of(
      profile.entries().begin(), profile.entries().end(), [&](const auto& one) {
        const std::vector<std::string>& required = one.second.required;
        return std::find(required.begin(), required.end(), id) !=
               required.end();
      });
}

}  // namespace

RuleProfile::RuleProfile(const RuleSet& rules, Confidence min_confidence,
                         std::string_view version) {
  RuleSet global;
  for (const Allowlist& list : rules.allowlists) {
    global.allowlists.push_back(without_description(list));
  }
  frame_ = short_hash(std::string(version) + "\n" +
                      std::string(to_string(min_confidence)) + "\n" +
                      store_rules(global));
  for (const Rule& rule : rules.rules) {
    Entry& entry = entries_[rule.id];
    entry.hash = short_hash(store_rules({{without_description(rule)}, {}}));
    entry.is_local = is_local(rule);
    entry.leaves_traces =
        !rule.skip_report && least_confidence(rule) >= min_confidence;
    for (const RequiredRule& one : rule.required) {
      entry.required.push_back(one.id);
    }
  }
  set_id();
}

void RuleProfile::set_id() {
  std::string all = frame_;
  for (const auto& [id, entry] : entries_) all += "\n" + id + "\t" + entry.hash;
  id_ = short_hash(all);
}

// A line for each rule: id, hash, what is true of it, what it requires.
std::string RuleProfile::to_text() const {
  std::string text = std::string(kProfileHead) + "\n" + frame_;
  for (const auto& [id, entry] : entries_) {
    text += "\n" + id + "\t" + entry.hash + "\t" + (entry.is_local ? "l" : "") +
            (entry.leaves_traces ? "t" : "");
    for (const std::string& one : entry.required) text += "\t" + one;
  }
  return text;
}

std::optional<RuleProfile> RuleProfile::from_text(std::string_view text) {
  const std::vector<std::string_view> lines = split(text, '\n');
  if (lines.size() < 2 || lines[0] != kProfileHead) return std::nullopt;
  RuleProfile profile;
  profile.frame_ = lines[1];
  for (size_t i = 2; i < lines.size(); ++i) {
    const std::vector<std::string_view> words = split(lines[i], '\t');
    if (words.size() < 3) return std::nullopt;
    Entry& entry = profile.entries_[std::string(words[0])];
    entry.hash = words[1];
    entry.is_local = words[2].find('l') != std::string_view::npos;
    entry.leaves_traces = words[2].find('t') != std::string_view::npos;
    entry.required.assign(words.begin() + 3, words.end());
  }
  profile.set_id();
  return profile;
}

std::string RuleChange::to_text() const {
  std::string text = std::string(kChangeHead) + "\n" + from;
  for (const std::string& id : lost) text += "\n-" + id;
  for (const std::string& id : gained) text += "\n+" + id;
  return text;
}

std::optional<RuleChange> RuleChange::from_text(std::string_view text) {
  const std::vector<std::string_view> lines = split(text, '\n');
  if (lines.size() < 2 || lines[0] != kChangeHead) return std::nullopt;
  RuleChange change;
  change.from = lines[1];
  for (size_t i = 2; i < lines.size(); ++i) {
    if (lines[i].empty()) return std::nullopt;
    auto& ids = lines[i].front() == '-' ? change.lost : change.gained;
    ids.emplace(lines[i].substr(1));
  }
  return change;
}

std::optional<RuleChange> provable_change(const RuleProfile& before,
                                          const RuleProfile& now) {
  if (before.frame() != now.frame()) return std::nullopt;
  RuleChange change;
  change.from = before.id();
  for (const auto& [id, entry] : before.entries()) {
    const auto same = now.entries().find(id);
    if (same != now.entries().end() && same->second.hash == entry.hash)
      continue;
    // Companions need not leave a trace where they only serve others.
    const bool is_known = entry.is_local && entry.leaves_traces &&
                          !is_required(before, id) && !is_required(now, id);
    if (!is_known) return std::nullopt;
    change.lost.insert(id);
  }
  for (const auto& [id, entry] : now.entries()) {
    const auto same = before.entries().find(id);
    if (same != before.entries().end() && same->second.hash == entry.hash) {
      continue;
    }
    if (!entry.is_local) return std::nullopt;
    change.gained.insert(id);
  }
  // To look for so many takes as long as to look for all.
  if (change.gained.size() > kMostGained) return std::nullopt;
  return change;
}

RuleSet eager_rules(const RuleSet& rules, const std::set<std::string>& ids) {
  RuleSet eager;
  for (Rule rule : rules.rules) {
    if (!ids.contains(rule.id)) continue;
    rule.path.clear();
    rule.allowlists.clear();
    rule.required.clear();
    rule.skip_report = false;
    rule.min_count = 0;
    rule.foreign = true;  // asks no filters of ours
    eager.rules.push_back(std::move(rule));
  }
  return eager;
}

}  // namespace leaksift
