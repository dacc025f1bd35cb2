// A piece of a blob that is too large to be held at once.
#pragma once

#include <cstdint>
#include <string_view>

#include "leaksift/span.h"

namespace leaksift {

// Windows of one blob come in order. Their `own` ranges follow each other
// without a gap and cover the blob; `text` reaches beyond `own` on both sides
// by a margin, as far as the blob does, so that whatever begins in `own` can
// be decided from this window alone.
struct Window {
  std::string_view text;  // owned by whoever made the window
  uint64_t offset = 0;    // of the text's first byte in the blob
  Span own;               // in the blob's offsets
  bool last = false;

  std::string_view own_text() const {
    return text.substr(own.begin - offset, own.size());
  }
};

}  // namespace leaksift
