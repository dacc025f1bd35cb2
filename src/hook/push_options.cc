#include "hook/push_options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_set>

#include "core/text.h"
#include "hook/finding_key.h"

namespace leaksift {
namespace {

constexpr std::string_view kPrefix = "leaksift.";
constexpr std::string_view kAllow = "leaksift.allow";
constexpr std::string_view kSkip = "leaksift.skip";
constexpr std::string_view kForms =
    "; there are leaksift.allow=ID[,ID...][:REASON] and leaksift.skip[=REASON]";

// A number of options; nothing where the client sent none.
Result<size_t> count_of(const Environment& environment) {
  const std::optional<std::string> text = environment("GIT_PUSH_OPTION_COUNT");
  if (!text || text->empty()) return size_t{0};
  size_t count = 0;
  const char* const last = text->data() + text->size();
  const auto [end, error] = std::from_chars(text->data(), last, count);
  if (error != std::errc() || end != last) {
    return Error("GIT_PUSH_OPTION_COUNT is no number");
  }
  if (count > PushOptions::kMaxOptions) {
    return Error("more than " + std::to_string(PushOptions::kMaxOptions) +
                 " push options");
  }
  return count;
}

Status check_reason(std::string_view reason) {
  if (reason.size() <= PushOptions::kMaxReason) return Ok{};
  return Error("a reason of more than " +
               std::to_string(PushOptions::kMaxReason) + " bytes");
}

// Reads the options one after another.
class OptionReader {
 public:
  Status add(const std::string& option) {
    if (!equal_ignoring_case(option.substr(0, kPrefix.size()), kPrefix)) {
      return Ok{};
    }
    const size_t equals = option.find('=');
    const std::string name = option.substr(0, equals);
    std::optional<std::string_view> value;
    if (equals != std::string::npos) {
      value = std::string_view(option).substr(equals + 1);
    }
    if (name == kAllow) return add_allow(value.value_or(std::string_view()));
    if (name == kSkip) return add_skip(value.value_or(std::string_view()));
    return Error("unknown push option '" + name + "'" +
                 did_you_mean(name, {kAllow, kSkip}, kForms));
  }

  PushOptions take() { return std::move(options_); }

 private:
  Status add_allow(std::string_view value) {
    const size_t colon = value.find(':');
    const std::string_view reason = colon == std::string_view::npos
                                        ? std::string_view()
                                        : trimmed(value.substr(colon + 1));
    if (Status fine = check_reason(reason); !fine) return fine;
    for (const std::string_view part : split(value.substr(0, colon), ',')) {
      std::string id(trimmed(part));
      if (!is_finding_id(id)) {
        return Error("push option leaksift.allow: '" + id +
                     "' is no finding's id, which has 12 digits of 0-9a-f");
      }
      if (!seen_.insert(id).second) continue;
      if (seen_.size() > PushOptions::kMaxIds) {
        return Error("push option leaksift.allow: more than " +
                     std::to_string(PushOptions::kMaxIds) + " ids");
      }
      options_.allow.push_back({std::move(id), std::string(reason)});
    }
    return Ok{};
  }

  Status add_skip(std::string_view reason) {
    if (options_.skip) return Error("push option leaksift.skip: given twice");
    options_.skip = std::string(trimmed(reason));
    return check_reason(*options_.skip);
  }

  PushOptions options_;
  std::unordered_set<std::string> seen_;
};

// Why `rule` does not let this one in; empty if it does.
std::string refusal_by(const BypassRule* rule, const std::string& user,
                       std::string_view reason) {
  if (rule == nullptr) {
    return user.empty() ? "the policy lets nobody do this who is not known"
                        : "the policy does not let " + user + " do this";
  }
  if (rule->reason_required && reason.empty()) return "a reason is required";
  return {};
}

void settle(Bypass bypass, Bypasses& out) {
  (bypass.refusal.empty() ? out.granted : out.refused)
      .push_back(std::move(bypass));
}

}  // namespace

std::string_view to_string(Bypass::Kind kind) {
  constexpr std::array<std::string_view, 3> kWords = {"allow", "skip",
                                                      "approval"};
  return kWords[static_cast<size_t>(kind)];
}

Result<PushOptions> read_push_options(const Environment& environment) {
  const Result<size_t> count = count_of(environment);
  if (!count) return count.error();
  OptionReader reader;
  for (size_t i = 0; i < *count; ++i) {
    const std::optional<std::string> option =
        environment("GIT_PUSH_OPTION_" + std::to_string(i));
    if (!option) continue;
    if (Status added = reader.add(*option); !added) return added.error();
  }
  return reader.take();
}

const Bypass* Bypasses::of_finding(std::string_view id) const {
  const auto at =
      std::find_if(granted.begin(), granted.end(), [&](const Bypass& one) {
        return one.kind != Bypass::Kind::kSkip && one.id == id;
      });
  return at == granted.end() ? nullptr : &*at;
}

const Bypass* Bypasses::of_push() const {
  const auto at = std::find_if(
      granted.begin(), granted.end(),
      [](const Bypass& one) { return one.kind == Bypass::Kind::kSkip; });
  return at == granted.end() ? nullptr : &*at;
}

Bypasses decide_bypasses(const PushOptions& options, const Policy& policy,
                         const std::string& user,
                         const std::vector<Approval>& approvals,
                         const std::string& repository, int64_t now) {
  Bypasses decided;
  for (const Approval& approval : approvals) {
    if (!approval.counts_for(repository, now)) continue;
    settle({Bypass::Kind::kApproval,
            approval.id,
            approval.by,
            approval.reason,
            {}},
           decided);
  }
  const BypassRule* rule = policy.bypass_for(user, BypassKind::kAllow);
  uint32_t allowed = 0;
  for (const PushOptions::Allow& allow : options.allow) {
    if (decided.of_finding(allow.id) != nullptr) continue;
    std::string refusal = refusal_by(rule, user, allow.reason);
    if (refusal.empty() && rule->max_per_push &&
        allowed++ >= *rule->max_per_push) {
      refusal = "the policy lets no more than " +
                std::to_string(*rule->max_per_push) +
                " of one push's findings be allowed";
    }
    settle({Bypass::Kind::kAllow, allow.id, user, allow.reason,
            std::move(refusal)},
           decided);
  }
  if (options.skip) {
    settle({Bypass::Kind::kSkip,
            {},
            user,
            *options.skip,
            refusal_by(policy.bypass_for(user, BypassKind::kSkip), user,
                       *options.skip)},
           decided);
  }
  return decided;
}

}  // namespace leaksift
