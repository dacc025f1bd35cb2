// The frame of a JSON document, written as it grows: values come one by one,
// so that a report of a million occurrences is never held as one tree.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace leaksift {

// `bytes` as text that is valid UTF-8: what is none is written as \xNN. A
// document that prints such bytes raw is no JSON and readers refuse all of it.
std::string json_text(std::string_view bytes);

// Writes brackets, keys, commas and indentation around values that are JSON
// text already. Not thread-safe; the stream must outlive it.
class JsonFrame {
 public:
  enum class Layout { kOneLine, kIndented };
  JsonFrame(std::ostream& out, Layout layout) : out_(out), layout_(layout) {}

  void open(char bracket);  // '{' or '['
  void close();             // the innermost
  // REQUIRES: `name` is ASCII and needs no escapes; a value or open() follows.
  void key(std::string_view name);
  void value(std::string_view json);

 private:
  struct Level {
    char closing;
    bool empty = true;
  };

  void begin_item();
  void new_line();

  std::ostream& out_;
  Layout layout_;
  std::vector<Level> levels_;
  bool after_key_ = false;
};

}  // namespace leaksift
