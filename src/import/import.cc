#include "import/import.h"

#include <array>
#include <utility>

#include "core/text.h"
#include "import/collector.h"

namespace leaksift {
namespace {

constexpr std::array<std::pair<std::string_view, RuleFormat>, 6> kFormats = {{
    {"gitleaks", RuleFormat::kGitleaks},
    {"betterleaks", RuleFormat::kBetterleaks},
    {"kingfisher", RuleFormat::kKingfisher},
    {"noseyparker", RuleFormat::kNoseyParker},
    {"trufflehog", RuleFormat::kTruffleHog},
    {"detect-secrets", RuleFormat::kDetectSecrets},
}};

// The first line that says what a file is does so at its beginning.
std::optional<RuleFormat> recognise(std::string_view text) {
  if (trimmed(text).starts_with('{')) return RuleFormat::kDetectSecrets;
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with("rules:")) return RuleFormat::kKingfisher;
    if (line.starts_with("detectors:")) return RuleFormat::kTruffleHog;
    for (const std::string_view toml : {"[[rules]]", "[extend]", "[allowlist]",
                                        "[[allowlists]]", "title ", "title="}) {
      if (line.starts_with(toml)) return RuleFormat::kGitleaks;
    }
  }
  return std::nullopt;
}

Status read(const RuleText& file, std::optional<RuleFormat> format,
            Collector& out) {
  out.begin(file.name);
  if (file.name.ends_with(".py")) {
    out.not_taken(file.name + ": a program, which is not run");
    return Ok{};
  }
  if (!format) format = recognise(file.text);
  if (!format) {
    return Error(file.name +
                 ": no format that is known by its looks; see --from");
  }
  switch (*format) {
    case RuleFormat::kGitleaks:
    case RuleFormat::kBetterleaks:
      return read_gitleaks(file.text, out);
    case RuleFormat::kKingfisher:
    case RuleFormat::kNoseyParker:
      return read_kingfisher(file.text, out);
    case RuleFormat::kTruffleHog:
      return read_trufflehog(file.text, out);
    case RuleFormat::kDetectSecrets:
      return read_detect_secrets(file.text, out);
  }
  return Ok{};
}

}  // namespace

std::optional<RuleFormat> rule_format_of(std::string_view name) {
  for (const auto& [known, format] : kFormats) {
    if (known == name) return format;
  }
  return std::nullopt;
}

Result<ImportedRules> import_rules(const std::vector<RuleText>& files,
                                   std::optional<RuleFormat> format) {
  Collector collector;
  for (const RuleText& file : files) {
    if (Status done = read(file, format, collector); !done) {
      return std::move(done).error();
    }
  }
  return collector.finish();
}

}  // namespace leaksift
