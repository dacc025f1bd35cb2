#include "hook/verdict.h"

#include <algorithm>

#include "hook/finding_key.h"

namespace leaksift {
namespace {

PushVerdict::Kind kind_of(Fallback fallback) {
  switch (fallback) {
    case Fallback::kAllow:
      return PushVerdict::Kind::kAllow;
    case Fallback::kDefer:
      return PushVerdict::Kind::kDefer;
    case Fallback::kBlock:
      break;
  }
  return PushVerdict::Kind::kBlock;
}

PushVerdict::Kind kind_of(const JudgedFinding& finding) {
  if (finding.action != Action::kBlock) return PushVerdict::Kind::kWarn;
  return finding.bypass ? PushVerdict::Kind::kBypass
                        : PushVerdict::Kind::kBlock;
}

Action action_of(const PushFinding& finding, const Policy& policy) {
  const Action action =
      policy.action_for({finding.rule_id, finding.data_class, finding.severity,
                         finding.confidence});
  // Nobody can name them but by their ids, and most are left over from a pack
  // that the client made: reason enough to tell, none to refuse.
  return finding.kind == PushFinding::Kind::kStray
             ? std::min(action, Action::kWarn)
             : action;
}

}  // namespace

std::string_view to_string(Trouble::Kind kind) {
  switch (kind) {
    case Trouble::Kind::kTimeout:
      return "timeout";
    case Trouble::Kind::kPartial:
      return "partial";
    case Trouble::Kind::kError:
      break;
  }
  return "error";
}

std::string_view to_string(PushVerdict::Kind kind) {
  switch (kind) {
    case PushVerdict::Kind::kClean:
      return "clean";
    case PushVerdict::Kind::kWarn:
      return "warn";
    case PushVerdict::Kind::kBypass:
      return "bypass";
    case PushVerdict::Kind::kAllow:
      return "allow";
    case PushVerdict::Kind::kDefer:
      return "defer";
    case PushVerdict::Kind::kBlock:
      break;
  }
  return "block";
}

bool PushVerdict::defers() const {
  return std::any_of(troubles.begin(), troubles.end(), [](const Trouble& t) {
    return t.fallback == Fallback::kDefer;
  });
}

uint64_t PushVerdict::blocking() const {
  return static_cast<uint64_t>(
      std::count_if(findings.begin(), findings.end(), [](const auto& judged) {
        return judged.action == Action::kBlock && !judged.bypass;
      }));
}

void PushVerdict::add(Trouble trouble) {
  PushVerdict::Kind because = kind_of(trouble.fallback);
  if (skip && because == PushVerdict::Kind::kBlock) {
    because = PushVerdict::Kind::kBypass;
  }
  kind = std::max(kind, because);
  troubles.push_back(std::move(trouble));
}

PushVerdict judge_push(const PushScan& scan, const Policy& policy,
                       const Bypasses& bypasses, const std::string& state,
                       const std::string& repository) {
  PushVerdict verdict;
  if (const Bypass* whole = bypasses.of_push()) verdict.skip = *whole;
  std::optional<FindingKey> key;
  if (!scan.findings.empty()) {
    Result<FindingKey> opened = FindingKey::open(state);
    if (opened) {
      key = *std::move(opened);
    } else {
      verdict.add(
          {Trouble::Kind::kError, policy.on_error, opened.error().message()});
    }
  }
  for (const PushFinding& finding : scan.findings) {
    const bool is_known = finding.kind == PushFinding::Kind::kKnown;
    if (is_known) ++verdict.known;
    if (is_known && policy.mode == PushMode::kIntroduced) continue;
    JudgedFinding judged{finding,
                         key ? key->id_of(repository, finding.fingerprint) : "",
                         action_of(finding, policy), std::nullopt};
    if (judged.action == Action::kOff) continue;
    judged.bypass = verdict.skip;
    if (const Bypass* bypass = bypasses.of_finding(judged.id)) {
      judged.bypass = *bypass;
    }
    verdict.kind = std::max(verdict.kind, kind_of(judged));
    verdict.findings.push_back(std::move(judged));
  }
  if (scan.findings_left_out != 0) {
    verdict.add({Trouble::Kind::kPartial, policy.on_partial,
                 std::to_string(scan.findings_left_out) +
                     " findings more than can be judged"});
  }
  if (scan.out_of_time) {
    verdict.add({Trouble::Kind::kTimeout, policy.on_timeout,
                 "not all was scanned within " +
                     std::to_string(policy.deadline_ms) + " ms"});
  }
  if (scan.is_partial()) {
    verdict.add(
        {Trouble::Kind::kPartial, policy.on_partial, "not all could be read"});
  }
  return verdict;
}

}  // namespace leaksift
