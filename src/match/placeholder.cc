#include "match/placeholder.h"

#include <algorithm>
#include <array>
#include <bitset>

#include "core/text.h"

namespace leaksift {
namespace {

// Lower case. Long enough not to turn up in random base64 by chance: a given
// five letters, of either case, do so in one of a million 40-byte tokens.
constexpr std::array<std::string_view, 30> kTelltales = {
    "example",   "placeholder", "changeme",  "change_me",  "change-me",
    "dummy",     "redacted",    "insert",    "your_",      "your-",
    "yourtoken", "yourkey",     "yourapi",   "yoursecret", "yourpass",
    "sample",    "foobar",      "xxxxx",     "replace",    "notreal",
    "fake_",     "fakekey",     "faketoken", "012345678",  "123456789",
    "abcdefgh",  "deadbeef",    "*****",     ".....",      "_here",
};

// ${NAME}, {{ name }}, <name>, $(name), #{name}, %(name)s, %NAME%
bool is_reference(std::string_view secret) {
  struct Form {
    std::string_view open;
    std::string_view close;
  };
  constexpr std::array<Form, 7> kForms = {{{"${", "}"},
                                           {"{{", "}}"},
                                           {"<", ">"},
                                           {"$(", ")"},
                                           {"#{", "}"},
                                           {"%(", ")s"},
                                           {"%", "%"}}};
  return std::any_of(kForms.begin(), kForms.end(), [&](const Form& form) {
    return secret.size() > form.open.size() + form.close.size() &&
           secret.starts_with(form.open) && secret.ends_with(form.close);
  });
}

size_t longest_repeat(std::string_view secret) {
  size_t longest = 0;
  size_t run = 0;
  for (size_t i = 0; i < secret.size(); ++i) {
    run = i > 0 && secret[i] == secret[i - 1] ? run + 1 : 1;
    longest = std::max(longest, run);
  }
  return longest;
}

size_t distinct_characters(std::string_view secret) {
  std::bitset<256> seen;
  for (const char c : secret) seen.set(static_cast<unsigned char>(c));
  return seen.count();
}

}  // namespace

bool is_placeholder(std::string_view secret) {
  constexpr size_t kLongRepeat = 8;
  constexpr size_t kLargePart = 3;  // of the secret; keys do have runs of zeros
  constexpr size_t kFewCharacters = 3;
  constexpr size_t kLong = 12;
  const size_t repeat = longest_repeat(secret);
  const bool is_filler =
      repeat >= kLongRepeat && repeat * kLargePart >= secret.size();
  if (is_filler || is_reference(secret)) return true;
  if (secret.size() >= kLong && distinct_characters(secret) <= kFewCharacters) {
    return true;
  }
  // In the 2 KB of a key block any five letters do turn up now and then.
  constexpr size_t kToken = 256;
  if (secret.size() > kToken) return false;
  const std::string lower = ascii_lower(secret);
  return std::any_of(kTelltales.begin(), kTelltales.end(),
                     [&](std::string_view telltale) {
                       return lower.find(telltale) != std::string::npos;
                     });
}

}  // namespace leaksift
