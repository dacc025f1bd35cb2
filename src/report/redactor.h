// Keeps a report's secrets out of the rest of it.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
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
// not those that were found in a name: their path would print them), personal
// data, because the report would lose its authors' addresses, and code.
//
// For names that come from what was scanned, not for object ids and rules: who
// writes a "secret" that equals one of those must not make it unreadable.
//
// Immutable; the Report or the secrets must outlive it. Each byte of a text
// takes a look-up, where a secret may begin a binary search among all.
class Redactor {
 public:
  static constexpr size_t kMinBytes = 12;
  static constexpr size_t kMinBytesInName = 4;

  enum class Mode { kMask, kShow };
  Redactor(const Report& report, Mode mode);
  // Masks these, wherever they come from; `in_names` are those that were found
  // in a name.
  explicit Redactor(const std::vector<Secret>& secrets,
                    const std::vector<Secret>& in_names = {});

  // What was found as the report may show it. Code is shown, without what other
  // rules found in it.
  std::string shown(const Finding& finding) const;
  std::string shown(const Secret& secret) const;
  // Of what is no secret, all but other secrets in it.
  std::string shown(const Part& part) const;

  // `text` with every secret of the report masked. Still raw bytes.
  std::string without_secrets(std::string_view text) const;

 private:
  struct Known {
    const Secret* secret;
    // The longest other one that it begins with: an index, or its own.
    uint32_t shorter;
  };

  void index(std::vector<const Secret*> secrets);
  const Secret* longest_at(std::string_view text, size_t at) const;

  Mode mode_;
  std::vector<Known> known_;  // in the order of their bytes
  // Where a secret can begin at all: by its first kMinBytesInName bytes.
  std::bitset<65536> starts_;
};

}  // namespace leaksift
