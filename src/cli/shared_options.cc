#include "cli/shared_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <charconv>
#include <string_view>
#include <thread>

namespace leaksift {
namespace {

constexpr uint64_t kMinMemory = uint64_t{32} << 20;

// "512M": bytes, with K, M or G times a power of 1024.
std::optional<uint64_t> parse_bytes(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  const std::string_view suffix =
      text.substr(static_cast<size_t>(end - text.data()));
  constexpr std::string_view kSuffixes = "KMG";
  unsigned shift = 0;
  if (!suffix.empty()) {
    const size_t at = kSuffixes.find(
        static_cast<char>(std::toupper(static_cast<unsigned char>(suffix[0]))));
    if (suffix.size() > 1 || at == std::string_view::npos) return std::nullopt;
    shift = 10 * (static_cast<unsigned>(at) + 1);
  }
  if (value > UINT64_MAX >> shift) return std::nullopt;
  return value << shift;
}

}  // namespace

void add_rule_options(CLI::App& app, RuleOptions& rules) {
  app.add_option("--rules", rules.rule_paths,
                 "use these rules instead of the built-in ones (repeatable)")
      ->type_name("FILE|DIR")
      ->allow_extra_args(false);
  app.add_option("-c,--config", rules.config,
                 "rules and allowlists laid over the others; also takes a "
                 ".gitleaks.toml")
      ->type_name("FILE");
  app.add_option("--pack", rules.packs,
                 "also these built-in rules: pii, pci, phi, python "
                 "(repeatable)")
      ->type_name("PACK")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--only", rules.only, "use only these rules (repeatable)")
      ->type_name("RULE")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--except", rules.except, "leave these out (repeatable)")
      ->type_name("RULE")
      ->delimiter(',')
      ->allow_extra_args(false);
}

void add_report_options(CLI::App& app, ReportOptions& report) {
  app.add_option_function<std::string>(
         "-f,--format",
         [&report](const std::string& word) {
           report.format = from_string<Format>(word).value_or(Format::kText);
         },
         "text, json, jsonl or sarif; default: text")
      ->check(CLI::IsMember({"text", "json", "jsonl", "sarif"}));
  app.add_option("-o,--output", report.output, "write the report to FILE")
      ->type_name("FILE");
  app.add_option_function<std::string>(
         "--min-confidence",
         [&report](const std::string& word) {
           report.min_confidence = from_string<Confidence>(word);
         },
         "leave out what is less sure: low, medium, high or certain; default: "
         "medium, for a review low")
      ->check(CLI::IsMember({"low", "medium", "high", "certain"}));
  app.add_option("-b,--baseline", report.baseline,
                 "an earlier json or jsonl report: what it has is known")
      ->type_name("FILE");
  app.add_flag("--show-secrets", report.show_secrets,
               "print secrets in clear (not in sarif)");
  app.add_flag("--stats", report.stats, "add what each stage cost");
  app.add_flag("--strict", report.strict,
               "exit 3 also for what was left out by choice: ignored files, "
               "archives, sizes");
  app.add_flag("!--no-suppress", report.suppress,
               "report what ignore files and comments in the scanned tree "
               "would suppress");
  app.add_flag("--progress,!--no-progress", report.progress,
               "a progress bar on a terminal; default: on");
}

void add_jobs(CLI::App& app, unsigned& jobs) {
  // Ten commands have it, and each time it asks the kernel.
  static const unsigned kCpus =
      std::max(std::thread::hardware_concurrency(), 1U);
  jobs = kCpus;
  app.add_option("-j,--jobs", jobs, "threads to use; default: one per CPU")
      ->check(CLI::Range(1U, 1024U));
}

void add_memory(CLI::App& app, uint64_t& memory) {
  app.add_option_function<std::string>(
         "--memory",
         [&memory](const std::string& text) {
           memory = parse_bytes(text).value_or(memory);
         },
         "hold at most so much of what is scanned at once; default: 1G")
      ->type_name("LIMIT")
      ->check([](const std::string& text) -> std::string {
        const std::optional<uint64_t> bytes = parse_bytes(text);
        if (!bytes) {
          return "'" + text + "' is no size: bytes, or with K, M or G (512M)";
        }
        return *bytes < kMinMemory ? text + " is too little: at least 32M" : "";
      });
}

}  // namespace leaksift
