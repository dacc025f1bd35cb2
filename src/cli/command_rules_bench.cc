#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <numeric>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/rule_setup.h"
#include "core/text.h"
#include "pipeline/rule_bench.h"
#include "report/text_summary.h"

namespace leaksift {
namespace {

double per_kb(uint64_t count, uint64_t bytes) {
  return bytes == 0
             ? 0
             : 1024.0 * static_cast<double>(count) / static_cast<double>(bytes);
}

// To the millisecond.
std::string seconds(uint64_t nanoseconds) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.3f",
                static_cast<double>(nanoseconds) / 1e9);
  return text.data();
}

void print_row(const std::string& id, const RuleCost& cost, uint64_t bytes) {
  std::array<char, 128> numbers;
  std::snprintf(numbers.data(), numbers.size(), "%10.4f %10llu %9llu %9.2f  ",
                per_kb(cost.hits, bytes),
                static_cast<unsigned long long>(cost.tries),
                static_cast<unsigned long long>(cost.matches),
                static_cast<double>(cost.confirm_ns) / 1e6);
  std::cout << numbers.data() << printable(id) << "\n";
}

// Those that cost most first: by the time they take, then by their hits.
std::vector<uint32_t> by_cost(const std::vector<RuleCost>& costs) {
  std::vector<uint32_t> order(costs.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return std::tie(costs[b].confirm_ns, costs[b].hits) <
           std::tie(costs[a].confirm_ns, costs[a].hits);
  });
  return order;
}

}  // namespace

Result<ExitCode> run(const RulesBenchCommand& options) {
  const Result<std::unique_ptr<Engine>> engine = set_up_engine(options.rules);
  if (!engine) return engine.error();
  Result<RuleBench> bench = bench_rules(**engine, options.paths);
  if (!bench) return std::move(bench).error();
  const uint64_t bytes = bench->all.blob_bytes;
  std::cout << count_of(bench->files, "file") << ", " << human_bytes(bytes)
            << "; prefilter " << seconds(bench->all.prefilter_ns)
            << " s, confirm " << seconds(bench->all.confirm_ns) << " s\n";
  std::cout << "   hits/KB      tries   matches        ms  rule\n";
  RuleCost sum;
  for (const RuleCost& cost : bench->costs) {
    sum.hits += cost.hits;
    sum.tries += cost.tries;
    sum.matches += cost.matches;
    sum.confirm_ns += cost.confirm_ns;
  }
  print_row("all " + std::to_string(bench->costs.size()) + " rules", sum,
            bytes);
  const std::vector<uint32_t> order = by_cost(bench->costs);
  for (size_t i = 0; i < std::min(options.top, order.size()); ++i) {
    print_row((*engine)->rules().rules[order[i]].id, bench->costs[order[i]],
              bytes);
  }
  bench->coverage.finish();
  if (bench->coverage.complete(false)) return ExitCode::kClean;
  std::cerr << "warning: not all files could be read\n";
  return ExitCode::kIncomplete;
}

}  // namespace leaksift
