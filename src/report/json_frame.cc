#include "report/json_frame.h"

#include <array>
#include <cstdio>

#include "core/utf8.h"

namespace leaksift {

std::string json_text(std::string_view bytes) {
  if (is_valid_utf8(bytes)) return std::string(bytes);
  std::string result;
  while (!bytes.empty()) {
    const Utf8Char c = decode_utf8(bytes);
    if (c.valid) {
      result += bytes.substr(0, c.size);
    } else {
      std::array<char, 8> escape;
      std::snprintf(escape.data(), escape.size(), "\\x%02x",
                    static_cast<unsigned>(c.code));
      result += escape.data();
    }
    bytes.remove_prefix(c.size);
  }
  return result;
}

void JsonFrame::open(char bracket) {
  begin_item();
  out_ << bracket;
  levels_.push_back({bracket == '{' ? '}' : ']'});
}

void JsonFrame::close() {
  const Level level = levels_.back();
  levels_.pop_back();
  if (!level.empty) new_line();
  out_ << level.closing;
}

void JsonFrame::key(std::string_view name) {
  begin_item();
  out_ << '"' << name << (layout_ == Layout::kIndented ? "\": " : "\":");
  after_key_ = true;
}

void JsonFrame::value(std::string_view json) {
  begin_item();
  out_ << json;
}

void JsonFrame::begin_item() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (levels_.empty()) return;
  if (!levels_.back().empty) out_ << ',';
  levels_.back().empty = false;
  new_line();
}

void JsonFrame::new_line() {
  if (layout_ == Layout::kOneLine) return;
  out_ << '\n' << std::string(2 * levels_.size(), ' ');
}

}  // namespace leaksift
