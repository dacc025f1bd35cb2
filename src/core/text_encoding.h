// The encodings of text that a blob is turned from before it is scanned.
#pragma once

#include <cstdint>
#include <string_view>

namespace leaksift {

// kBytes: nothing was turned, the bytes are the text.
enum class TextEncoding : uint8_t {
  kBytes,
  kUtf16Le,
  kUtf16Be,
  kUtf32Le,
  kUtf32Be,
};
std::string_view to_string(TextEncoding encoding);  // "utf-16le"

}  // namespace leaksift
