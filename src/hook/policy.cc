#include "hook/policy.h"

#include <algorithm>
#include <array>

#include "core/words.h"
#include "sources/wildmatch.h"

namespace leaksift {
namespace {

constexpr std::array<std::string_view, 3> kActions = {"off", "warn", "block"};
constexpr std::array<std::string_view, 3> kFallbacks = {"allow", "defer",
                                                        "block"};
constexpr std::array<std::string_view, 2> kModes = {"introduced", "touched"};
constexpr std::array<std::string_view, 2> kBypassKinds = {"allow", "skip"};

template <typename Entry>
bool contains(const std::vector<Entry>& list, const Entry& entry) {
  return std::find(list.begin(), list.end(), entry) != list.end();
}

RuleAction built_in_action(Confidence confidence, Action action) {
  RuleAction rule;
  rule.classes = {DataClass::kSecret};
  rule.min_confidence = confidence;
  rule.action = action;
  return rule;
}

// Does an entry of `who` mean this user?
bool means(const Policy& policy, const std::string& who,
           const std::string& user) {
  if (who == "*") return true;
  if (user.empty()) return false;
  if (!who.starts_with(kGroupPrefix)) return who == user;
  const auto group = policy.groups.find(who.substr(kGroupPrefix.size()));
  return group != policy.groups.end() && contains(group->second, user);
}

}  // namespace

std::string_view to_string(Action value) {
  return kActions[static_cast<size_t>(value)];
}
std::string_view to_string(Fallback value) {
  return kFallbacks[static_cast<size_t>(value)];
}
std::string_view to_string(PushMode value) {
  return kModes[static_cast<size_t>(value)];
}
std::string_view to_string(BypassKind value) {
  return kBypassKinds[static_cast<size_t>(value)];
}

template <>
std::optional<Action> from_string(std::string_view word) {
  return value_of_word<Action>(kActions, word);
}
template <>
std::optional<Fallback> from_string(std::string_view word) {
  return value_of_word<Fallback>(kFallbacks, word);
}
template <>
std::optional<PushMode> from_string(std::string_view word) {
  return value_of_word<PushMode>(kModes, word);
}
template <>
std::optional<BypassKind> from_string(std::string_view word) {
  return value_of_word<BypassKind>(kBypassKinds, word);
}

bool RuleAction::fits(const FindingTraits& traits) const {
  if (traits.severity < min_severity) return false;
  if (traits.confidence < min_confidence) return false;
  if (!classes.empty() && !contains(classes, traits.data_class)) return false;
  return rules.empty() ||
         std::any_of(rules.begin(), rules.end(), [&](const std::string& glob) {
           return wildmatch(glob, traits.rule_id, WildText::kName);
         });
}

Action Policy::action_for(const FindingTraits& traits) const {
  for (const RuleAction& rule : rule_actions) {
    if (rule.fits(traits)) return std::min(rule.action, action_max);
  }
  return Action::kOff;
}

const BypassRule* Policy::bypass_for(const std::string& user,
                                     BypassKind kind) const {
  for (const BypassRule& rule : bypasses) {
    if (!contains(rule.kinds, kind)) continue;
    for (const std::string& who : rule.who) {
      if (means(*this, who, user)) return &rule;
    }
  }
  return nullptr;
}

HookPlaces places_of(const Policy& policy, const std::string& git_dir) {
  const auto either = [](const std::string& given, const std::string& usual) {
    return given.empty() ? usual : given;
  };
  const std::string state = either(policy.state, git_dir + "/leaksift");
  return {state, either(policy.audit_file, state + "/audit.jsonl"),
          either(policy.spool_dir, state + "/spool"),
          either(policy.approvals_file, state + "/approvals.jsonl")};
}

const PolicyFile::Override* PolicyFile::override_for(
    std::string_view repository) const {
  for (const Override& one : overrides) {
    if (wildmatch(one.match, repository, WildText::kPath)) return &one;
  }
  return nullptr;
}

const Policy& PolicyFile::policy_for(std::string_view repository) const {
  const Override* const one = override_for(repository);
  return one == nullptr ? policy : one->policy;
}

PolicyFile built_in_policy() {
  PolicyFile file;
  file.policy.rule_actions = {
      built_in_action(Confidence::kHigh, Action::kBlock),
      built_in_action(Confidence::kMedium, Action::kWarn)};
  BypassRule everybody;
  everybody.who = {"*"};
  everybody.kinds = {BypassKind::kAllow};
  everybody.reason_required = true;
  everybody.max_per_push = 5;
  file.policy.bypasses = {everybody};
  return file;
}

}  // namespace leaksift
