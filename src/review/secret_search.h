// Looks for known secrets, in all their forms, in one text after another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "review/byte_search.h"
#include "review/secret_forms.h"

namespace leaksift {

// Secrets, in all their forms. Immutable and safe to share between threads.
class SecretSearch {
 public:
  // Those of fewer than kMinSecretBytes are never found.
  explicit SecretSearch(const std::vector<std::string>& secrets);

  // Texts are in the order of their secrets.
  const std::string& bytes(uint32_t text) const {
    return search_.strings()[text];
  }
  SecretForm form(uint32_t text) const { return sources_[text].form; }
  uint32_t secret(uint32_t text) const { return sources_[text].secret; }

 private:
  friend class SecretSearcher;

  struct Source {
    uint32_t secret = 0;
    SecretForm form = SecretForm::kPlain;
  };

  std::vector<Source> sources_;  // by text
  ByteSearch search_;
  size_t longest_ = 1;  // bytes of the longest text
};

// One way in which a secret stands in a text.
struct FoundSecret {
  uint32_t text = 0;       // what stands there: index into SecretSearch
  bool rewrapped = false;  // found only once white space was taken out
  friend auto operator<=>(const FoundSecret&, const FoundSecret&) = default;
};

// Searches with a SecretSearch, which must outlive it, in texts that may come
// in pieces: what is found does not depend on where they are cut. Holds a piece
// and as much as the longest secret takes, twice. Not thread-safe.
class SecretSearcher {
 public:
  explicit SecretSearcher(const SecretSearch& secrets)
      : secrets_(secrets), searcher_(secrets.search_) {}

  // Begins with a new text. `unwrapping`: it is also searched without what
  // wraps lines.
  void begin(bool unwrapping);

  // What comes next in the text; with `last`, nothing else will.
  void add(std::string_view piece, bool last);

  // What stands in the text, once all of it was added.
  std::set<FoundSecret> finish();

 private:
  void add_unwrapped(std::string_view piece, bool last);
  void keep_end(std::string& text, bool last) const;

  const SecretSearch& secrets_;
  ByteSearcher searcher_;
  bool unwrapping_ = false;
  // The end of what came before, in which a secret may begin.
  std::string before_;
  std::string unwrapped_before_;
  char last_byte_ = '\0';
  std::set<FoundSecret> found_;
};

}  // namespace leaksift
