#include "sweep/metrics.h"

#include <cstdio>

#include "leaksift/finding.h"
#include "report/json_frame.h"
#include "sweep/finding_json.h"

namespace leaksift {
namespace {

std::string written(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.17g", value);
  return text.data();
}
std::string written(uint64_t value) {
  return std::to_string(value);
}
std::string written(int64_t value) {
  return std::to_string(value);
}

// The document while it is written.
class Exposition {
 public:
  // The samples that follow are of this metric.
  void begin(std::string_view name, std::string_view help) {
    name_ = "leaksift_sweep_" + std::string(name);
    text_ += "# HELP " + name_ + " " + std::string(help) + "\n# TYPE " + name_ +
             " gauge\n";
  }
  template <typename Value>
  void sample(std::string_view labels, Value value) {
    text_ += name_;
    if (!labels.empty()) text_ += "{" + std::string(labels) + "}";
    text_ += " " + written(value) + "\n";
  }
  template <typename Value>
  void one(std::string_view name, std::string_view help, Value value) {
    begin(name, help);
    sample("", value);
  }

  std::string take() { return std::move(text_); }

 private:
  std::string name_;
  std::string text_;
};

std::string label(std::string_view name, std::string_view value) {
  return std::string(name) + "=" + label_value(value);
}

void add_run(const SweepMetrics& metrics, Exposition& out) {
  const SweepRun& run = metrics.summary.run;
  const bool is_done = run.state == RunState::kDone;
  out.begin("info", "The version and the rules of the run.");
  out.sample(label("version", run.version) + "," + label("rules", run.rules),
             uint64_t{1});
  out.one("run", "Number of the run.", run.number);
  out.one("running", "Is the run not finished yet?",
          uint64_t{is_done ? 0U : 1U});
  out.one("start_timestamp_seconds", "When the run began.", run.started);
  out.one("duration_seconds", "How long the run took, or takes so far.",
          (is_done ? run.finished : metrics.now) - run.started);
  if (metrics.last_success != 0) {
    out.one("last_success_timestamp_seconds",
            "When a run last was finished with everything looked at.",
            metrics.last_success);
  }
  out.one("repositories", "Repositories of the run.", run.repositories);
  out.one("unchanged_repositories", "Repositories with nothing new to scan.",
          run.unchanged);
  out.one("incomplete_repositories",
          "Repositories of which not all could be looked at.",
          metrics.summary.incomplete);
  out.one("problems", "Repositories that could not be looked at at all.",
          uint64_t{run.problems.size()});
}

void add_work(const RunSummary& summary, Exposition& out) {
  const uint64_t running = summary.running.size();
  out.begin("units", "Units of the run by state.");
  out.sample(label("state", "waiting"), summary.units_left - running);
  out.sample(label("state", "running"), running);
  out.sample(label("state", "done"), summary.units_done);
  out.sample(label("state", "failed"), summary.units_failed);
  out.one("pack_bytes", "Size of the packs of all units.", summary.bytes_all);
  out.one("left_pack_bytes", "Size of the packs of units that are not done.",
          summary.bytes_left);
  out.one("objects", "Objects in the repositories of done units.",
          summary.cost.objects);
  out.one("new_objects", "Of these, objects that no sweep had seen.",
          summary.cost.new_objects);
  out.one("scanned_bytes", "Bytes of objects that were scanned.",
          summary.cost.bytes);
  out.one("cpu_seconds", "Processor time of done units.",
          summary.cost.cpu_seconds);
  out.one("peak_memory_bytes", "Memory of the unit that took the most.",
          summary.cost.peak_memory);
}

void add_findings(const SweepMetrics& metrics, Exposition& out) {
  out.begin("findings",
            "Findings by state and severity; without decided ones.");
  for (const FindingState state :
       {FindingState::kOpen, FindingState::kResolved}) {
    for (size_t i = 0; i < kSeverities; ++i) {
      out.sample(label("state", to_string(state)) + "," +
                     label("severity", to_string(static_cast<Severity>(i))),
                 metrics.findings[static_cast<size_t>(state)][i]);
    }
  }
  out.one("decided_findings", "Findings that a decision hides.",
          metrics.decided);
  out.begin("events", "What the run made of findings.");
  out.sample(label("kind", "new"), metrics.summary.new_findings);
  out.sample(label("kind", "reopened"), metrics.summary.reopened);
  out.sample(label("kind", "resolved"), metrics.summary.resolved);
}

}  // namespace

Result<SweepMetrics> read_metrics(SweepStore& store, const SweepRun& run,
                                  int64_t now) {
  SweepMetrics metrics;
  auto summary = summarize(store, run);
  if (!summary) return std::move(summary).error();
  metrics.summary = *std::move(summary);
  const auto success = last_success(store);
  if (!success) return success.error();
  metrics.last_success = *success;
  metrics.now = now;
  FindingFilter all;
  all.decided = true;
  const auto findings = store.findings(all);
  if (!findings) return findings.error();
  for (const FindingLife& life : *findings) {
    if (life.decision) {
      ++metrics.decided;
      continue;
    }
    ++metrics.findings[static_cast<size_t>(life.state)]
                      [static_cast<size_t>(life.finding.severity)];
  }
  return metrics;
}

std::string to_prometheus(const SweepMetrics& metrics) {
  Exposition out;
  add_run(metrics, out);
  add_work(metrics.summary, out);
  add_findings(metrics, out);
  return out.take();
}

std::string label_value(std::string_view text) {
  std::string value = "\"";
  for (const char c : json_text(text)) {
    if (c == '\n') {
      value += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') value += '\\';
    value += c;
  }
  return value + "\"";
}

}  // namespace leaksift
