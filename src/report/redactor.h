// Keeps a report's secrets out of the rest of it.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "findings/finding.h"
#include "leaksift/secret.h"

namespace leaksift {

// A secret may also stand in a path, an author's name or an error message, its
// own finding's or another's. Masking it only where it is called a secret would
// print it after all.
//
// Left alone are secrets of fewer than kMinBytes bytes, because a weak password
// may be an everyday word and its mask would then make paths unreadable (but
// not those that were found in a name: their path would print them), and
// personal data, because the report would lose its authors' addresses.
//
// For names that come from what was scanned, not for object ids and rules: who
// writes a "secret" that equals one of those must not make it unreadable.
//
// Immutable; the Report or the secrets must outlive it. Linear in the text.
class Redactor {
 public:
  static constexpr size_t kMinBytes = 12;
  static constexpr size_t kMinBytesInName = 4;

  enum class Mode { kMask, kShow };
  Redactor(const Report& report, Mode mode);
  // Masks these, wherever they come from.
  explicit Redactor(const std::vector<Secret>& secrets);

  // The secret itself as the report may show it.
  std::string shown(const Secret& secret) const;

  // `text` with every secret of the report masked. Still raw bytes.
  std::string without_secrets(std::string_view text) const;

 private:
  void add(const Secret& secret);
  const Secret* longest_at(std::string_view text, size_t at) const;

  Mode mode_;
  // Where a secret can begin at all: by its first two bytes.
  std::bitset<65536> first_two_;
  // By the first eight bytes.
  std::unordered_multimap<uint64_t, const Secret*> by_start_;
  std::vector<const Secret*> short_;  // found in names
};

}  // namespace leaksift
