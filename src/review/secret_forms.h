// The ways in which one secret can be written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/text_encoding.h"

namespace leaksift {

enum class SecretForm : uint8_t {
  kPlain,  // with either kind of line ends
  kUtf16Le,
  kUtf16Be,
  kUtf32Le,
  kUtf32Be,
  kBase64,  // at any of three alignments, of either alphabet
  kHex,
  kPercent,  // as in URLs
  kEscaped,  // as in JSON, shell and XML
  kWrapped,  // broken into other lines, indented, quoted line by line
};
std::string_view to_string(SecretForm form);  // "base64"

// kBytes for a form that is none of a whole text.
TextEncoding encoding_of(SecretForm form);

// One of its ways, as bytes to be looked for.
struct SecretText {
  std::string bytes;
  SecretForm form = SecretForm::kPlain;
};

// Shorter ones stand in every text and are neither replaced nor looked for.
inline constexpr size_t kMinSecretBytes = 6;

// Every way to write `secret`, each text once, the plain one first. Ways that
// only long secrets can be told by are left out for short ones. kWrapped is to
// be looked for in unwrapped() text.
// REQUIRES: secret.size() >= kMinSecretBytes
std::vector<SecretText> forms_of(std::string_view secret);

// A text of fewer bytes says nothing in unwrapped() text.
inline constexpr size_t kMinWrappedBytes = 16;

// Appends `text` without what a line is wrapped with: white space, quotes and
// backslashes, and the n, r or t behind one. Two texts that differ in nothing
// else become one. `before`: the byte in front of the text, if it is not whole.
void unwrap(std::string_view text, char before, std::string& out);

}  // namespace leaksift
