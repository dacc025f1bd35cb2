// Writes imported rules as a rule file.
#include <charconv>

#include "import/import.h"

namespace leaksift {
namespace {

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// As '''…''' where backslashes would be doubled otherwise.
std::string quoted(const std::string& text) {
  bool literal = text.find('\\') != std::string::npos &&
                 text.find("'''") == std::string::npos && !text.ends_with('\'');
  for (const char c : text) literal = literal && !is_control(c);
  if (literal) return "'''" + text + "'''";
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (c == '\n') {
      out += "\\n";
    } else if (is_control(c)) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      const auto code = static_cast<unsigned char>(c);
      out += {'\\', 'u', '0', '0', kDigits[code >> 4], kDigits[code & 15]};
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string decimal(double value) {
  std::string text(32, '\0');
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), value);
  text.resize(static_cast<size_t>(end - text.data()));
  return text.find('.') == std::string::npos ? text + ".0" : text;
}

// One key a line; what a key's absence says too is not written.
class Writer {
 public:
  void table(std::string_view header) {
    out_ += "\n" + std::string(header) + "\n";
  }
  void raw(std::string_view key, const std::string& value) {
    out_ += std::string(key) + " = " + value + "\n";
  }
  void text(std::string_view key, const std::string& value) {
    if (!value.empty()) raw(key, quoted(value));
  }
  template <typename Count>
  void count(std::string_view key, const Count& value) {
    if (value) raw(key, std::to_string(*value));
  }
  void texts(std::string_view key, const std::vector<std::string>& values) {
    if (values.empty()) return;
    std::string all;
    for (const std::string& value : values) {
      all += (all.empty()         ? ""
              : values.size() > 1 ? ",\n  "
                                  : "") +
             quoted(value);
    }
    raw(key, values.size() > 1 ? "[\n  " + all + ",\n]" : "[" + all + "]");
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

void write(const Allowlist& list, std::string_view header, Writer& out) {
  out.table(header);
  out.text("description", list.description);
  if (list.all_conditions) out.raw("condition", "\"AND\"");
  out.texts("targetRules", list.target_rules);
  out.texts("commits", list.commits);
  out.texts("paths", list.paths);
  if (list.target == AllowTarget::kMatch) out.raw("regexTarget", "\"match\"");
  if (list.target == AllowTarget::kLine) out.raw("regexTarget", "\"line\"");
  out.texts("regexes", list.regexes);
  out.texts("stopwords", list.stopwords);
}

void write(const Rule& rule, Writer& out) {
  const Rule usual;
  out.table("[[rules]]");
  out.raw("id", quoted(rule.id));
  out.text("description", rule.description);
  out.text("provider", rule.provider);
  out.text("regex", rule.regex);
  out.text("path", rule.path);
  if (rule.secret_group > 0) {
    out.raw("secretGroup", std::to_string(rule.secret_group));
  }
  if (rule.entropy != 0) out.raw("entropy", decimal(rule.entropy));
  out.text("charset", rule.charset);
  out.count("context_after", rule.context_after);
  out.texts("keywords", rule.keywords);
  out.texts("tags", rule.tags);
  if (rule.skip_report) out.raw("skipReport", "true");
  if (rule.data_class != usual.data_class) {
    out.text("class", std::string(to_string(rule.data_class)));
  }
  if (rule.severity != usual.severity) {
    out.text("severity", std::string(to_string(rule.severity)));
  }
  if (rule.confidence != usual.confidence) {
    out.text("confidence", std::string(to_string(rule.confidence)));
  }
  out.text("checksum", rule.checksum);
  out.texts("references", rule.references);
  out.texts("examples", rule.examples);
  out.texts("counter_examples", rule.counter_examples);
  for (const Allowlist& list : rule.allowlists) {
    write(list, "[[rules.allowlists]]", out);
  }
  for (const RequiredRule& required : rule.required) {
    out.table("[[rules.required]]");
    out.raw("id", quoted(required.id));
    out.count("withinLines", required.within_lines);
    out.count("withinColumns", required.within_columns);
  }
}

}  // namespace

std::string to_toml(const ImportedRules& rules) {
  Writer out;
  if (rules.extends_builtin) {
    out.table("[extend]");
    out.raw("useDefault", "true");
    out.texts("disabledRules", rules.disabled_builtin);
  }
  for (const Rule& rule : rules.set.rules) write(rule, out);
  for (const Allowlist& list : rules.set.allowlists) {
    write(list, "[[allowlists]]", out);
  }
  return "# Written by leaksift rules import.\n" + out.take();
}

}  // namespace leaksift
