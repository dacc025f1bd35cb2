#include "cli/sweep_print.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "core/digest.h"
#include "core/text.h"
#include "sweep/finding_json.h"

namespace leaksift {
namespace {

// Of a finding, and of what was not looked at.
constexpr size_t kMaxListed = 20;

std::string in_megabytes(uint64_t bytes) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f MB",
                static_cast<double>(bytes) / 1e6);
  return text.data();
}

std::string plural(uint64_t count, const std::string& one,
                   const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

void print_text(const FindingLife& life,
                const std::vector<RepositoryOccurrence>& places,
                std::optional<EventKind> event, std::ostream& out) {
  const SweptFinding& finding = life.finding;
  out << (event ? to_string(*event) : to_string(life.state)) << "  "
      << to_string(finding.severity) << "  " << printable(finding.rule_id)
      << "  " << printable(finding.masked) << "  ("
      << to_string(finding.confidence) << ", " << to_hex(finding.id) << ")\n";
  for (size_t i = 0; i < std::min(places.size(), kMaxListed); ++i) {
    const SweptOccurrence& one = places[i].occurrence;
    out << "    " << printable(places[i].repository) << ": "
        << (one.path.empty() ? one.object_type : printable(one.path)) << ":"
        << one.begin.line << " (" << to_string(one.standing);
    if (!one.commit.empty()) {
      out << ", " << to_hex(one.commit).substr(0, 12) << " by "
          << printable(one.author_name);
    }
    out << ")\n";
  }
  if (places.size() > kMaxListed) {
    out << "    and " << places.size() - kMaxListed << " more\n";
  }
  if (!life.owner.empty()) {
    out << "    owner: " << printable(life.owner) << "\n";
  }
}

// "2 d 3 h", "5 min 1 s": two parts, the largest ones.
std::string duration(int64_t seconds) {
  constexpr std::array<std::pair<int64_t, std::string_view>, 4> kUnits = {
      {{86400, " d"}, {3600, " h"}, {60, " min"}, {1, " s"}}};
  std::string text;
  int parts = 0;
  for (const auto& [size, name] : kUnits) {
    const int64_t count = seconds / size;
    seconds %= size;
    if (count == 0 && (size != 1 || parts != 0)) continue;
    if (++parts > 2) break;
    if (!text.empty()) text += ' ';
    text += std::to_string(count);
    text += name;
  }
  return text;
}

void print_problems(const std::vector<Skipped>& problems, std::ostream& out) {
  for (size_t i = 0; i < std::min(problems.size(), kMaxListed); ++i) {
    const Skipped& one = problems[i];
    out << "  not looked at: " << printable(one.name) << ": "
        << to_string(one.reason) << " " << printable(one.detail) << "\n";
  }
  if (problems.size() > kMaxListed) {
    out << "  and " << problems.size() - kMaxListed << " more\n";
  }
}

}  // namespace

Status print_summary(SweepStore& store, const RunSummary& summary,
                     SweepFormat format, std::ostream& out) {
  if (format == SweepFormat::kJsonl) {
    out << to_jsonl(summary);
    return Ok{};
  }
  const SweepRun& run = summary.run;
  out << "run " << run.number << ": "
      << plural(run.repositories, "repository", "repositories") << ", "
      << run.unchanged << " unchanged, " << summary.units_done << " scanned";
  if (summary.units_failed != 0)
    out << ", " << summary.units_failed << " failed";
  if (summary.units_left != 0) {
    out << ", " << summary.units_left << " left ("
        << in_megabytes(summary.bytes_left) << " of "
        << in_megabytes(summary.bytes_all) << ")";
  }
  out << "\n  " << summary.cost.new_objects << " new of "
      << summary.cost.objects << " objects, "
      << in_megabytes(summary.cost.bytes) << " scanned\n  "
      << plural(summary.new_findings, "new finding", "new findings") << ", "
      << summary.resolved << " resolved, " << summary.reopened << " reopened\n";
  print_problems(run.problems, out);
  const auto units = store.units(run.number);
  if (!units) return units.error();
  std::vector<Skipped> failed;
  for (const SweepUnit& unit : *units) {
    if (unit.state == UnitState::kFailed) {
      failed.push_back({SkipReason::kUnreadable, unit.repository, unit.error});
    }
  }
  print_problems(failed, out);
  const auto repositories = store.repositories();
  if (!repositories) return repositories.error();
  for (const auto& [key, repository] : *repositories) {
    if (repository.run == 0 || repository.complete) continue;
    out << "  not all was looked at: " << printable(key) << "\n";
    const auto skipped = store.skipped(key);
    if (!skipped) return skipped.error();
    std::vector<Skipped> failures;
    std::copy_if(skipped->begin(), skipped->end(), std::back_inserter(failures),
                 [](const Skipped& one) { return is_failure(one.reason); });
    print_problems(failures, out);
  }
  return Ok{};
}

void print_running(const RunSummary& summary, int64_t now, std::ostream& out) {
  if (summary.run.state == RunState::kDone) return;
  for (const SweepUnit& unit : summary.running) {
    out << "  running: " << printable(unit.repository);
    if (unit.shards != 0) out << " " << unit.shard << "/" << unit.shards;
    out << ", " << in_megabytes(unit.size) << ", by " << printable(unit.worker)
        << " for " << duration(std::max<int64_t>(now - unit.began, 0));
    if (unit.attempts > 1) out << ", attempt " << unit.attempts;
    out << "\n";
  }
  const std::optional<double> left = seconds_left(summary);
  if (left) {
    out << "  about " << duration(static_cast<int64_t>(*left)) << " left\n";
  }
}

void print_trends(const std::vector<TrendPoint>& points, std::ostream& out) {
  for (const TrendPoint& point : points) {
    out << "run " << point.run << "  " << to_iso8601({point.finished, 0})
        << "  open " << point.open << " (";
    for (size_t i = kSeverities; i-- > 0;) {
      out << point.open_by_severity[i] << " "
          << to_string(static_cast<Severity>(i)) << (i == 0 ? ")" : ", ");
    }
    out << "  decided " << point.decided << "  new " << point.new_findings
        << "  resolved " << point.resolved << "  reopened " << point.reopened;
    if (point.median_age) {
      out << "  median age " << duration(*point.median_age);
    }
    if (point.mean_time_to_resolve) {
      out << "  mean time to resolve " << duration(*point.mean_time_to_resolve);
    }
    out << "\n";
  }
}

void print_units(const std::vector<SweepUnit>& units, SweepFormat format,
                 std::ostream& out) {
  for (const SweepUnit& unit : units) {
    if (format == SweepFormat::kJsonl) {
      out << to_jsonl(unit);
      continue;
    }
    out << unit.id << "  " << in_megabytes(unit.size) << "  "
        << printable(unit.repository);
    if (unit.shards != 0) out << " " << unit.shard << "/" << unit.shards;
    for (const std::string& id : unit.after) out << "  after " << id;
    if (unit.state != UnitState::kWaiting) out << "  " << to_string(unit.state);
    out << "\n";
  }
}

Status print_finding(SweepStore& store, const FindingLife& life,
                     std::optional<EventKind> event, SweepFormat format,
                     std::ostream& out) {
  const auto places = store.occurrences(life.finding.id);
  if (!places) return places.error();
  if (format == SweepFormat::kJsonl) {
    out << to_jsonl(life, *places, event);
  } else {
    print_text(life, *places, event, out);
  }
  return Ok{};
}

Status print_events(SweepStore& store, uint64_t run, SweepFormat format,
                    std::ostream& out) {
  const auto events = store.events(run);
  if (!events) return events.error();
  std::map<std::string, EventKind> kinds;
  for (const FindingEvent& event : *events) {
    if (event.kind == EventKind::kResolved) continue;
    kinds.emplace(event.finding, event.kind);
  }
  if (kinds.empty()) return Ok{};
  const auto findings = store.findings({});
  if (!findings) return findings.error();
  for (const FindingLife& life : *findings) {
    const auto kind = kinds.find(life.finding.id);
    if (kind == kinds.end()) continue;
    Status printed = print_finding(store, life, kind->second, format, out);
    if (!printed) return printed;
  }
  return Ok{};
}

}  // namespace leaksift
