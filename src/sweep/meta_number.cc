#include "sweep/meta_number.h"

#include <charconv>

namespace leaksift {

Result<int64_t> meta_number(SweepStore& store, const std::string& name) {
  const Result<std::string> known = store.meta(name);
  if (!known) return known.error();
  const std::string& text = *known;
  int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Status set_meta_number(SweepStore& store, const std::string& name,
                       int64_t value) {
  return store.set_meta(name, std::to_string(value));
}

}  // namespace leaksift
