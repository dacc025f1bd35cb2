#include "report/format.h"

#include <array>
#include <cstddef>

#include "core/words.h"
#include "report/json.h"
#include "report/sarif.h"
#include "report/text.h"

namespace leaksift {
namespace {

constexpr std::array<std::string_view, 4> kFormats = {"text", "json", "jsonl",
                                                      "sarif"};

}  // namespace

std::string_view to_string(Format format) {
  return kFormats[static_cast<size_t>(format)];
}

template <>
std::optional<Format> from_string(std::string_view word) {
  return value_of_word<Format>(kFormats, word);
}

void write_report(Format format, const Report& report, const ReportStyle& style,
                  std::ostream& out) {
  switch (format) {
    case Format::kText:
      return write_text(report, style, out);
    case Format::kJson:
      return write_json(report, style, out);
    case Format::kJsonl:
      return write_jsonl(report, style, out);
    case Format::kSarif:
      return write_sarif(report, style, out);
  }
}

}  // namespace leaksift
