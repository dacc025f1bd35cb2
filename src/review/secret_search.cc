#include "review/secret_search.h"

#include <algorithm>

namespace leaksift {

SecretSearch::SecretSearch(const std::vector<std::string>& secrets)
    : search_([&] {
        std::vector<std::string> strings;
        for (uint32_t i = 0; i < secrets.size(); ++i) {
          if (secrets[i].size() < kMinSecretBytes) continue;
          for (SecretText& text : forms_of(secrets[i])) {
            strings.push_back(std::move(text.bytes));
            sources_.push_back({i, text.form});
          }
        }
        return strings;
      }()) {
  for (const std::string& one : search_.strings()) {
    longest_ = std::max(longest_, one.size());
  }
}

void SecretSearcher::begin(bool unwrapping) {
  unwrapping_ = unwrapping;
  before_.clear();
  unwrapped_before_.clear();
  last_byte_ = '\0';
  found_.clear();
}

void SecretSearcher::add(std::string_view piece, bool last) {
  auto find = [&](std::string_view text) {
    searcher_.find(text, 0, [&](uint32_t one) { found_.insert({one, false}); });
  };
  if (unwrapping_) add_unwrapped(piece, last);
  // A text that comes whole is not copied.
  if (last && before_.empty()) return find(piece);
  before_ += piece;
  find(before_);
  keep_end(before_, last);
}

void SecretSearcher::add_unwrapped(std::string_view piece, bool last) {
  unwrap(piece, last_byte_, unwrapped_before_);
  if (!piece.empty()) last_byte_ = piece.back();
  searcher_.find(unwrapped_before_, kMinWrappedBytes, [&](uint32_t one) {
    found_.insert({one, true});
  });
  keep_end(unwrapped_before_, last);
}

void SecretSearcher::keep_end(std::string& text, bool last) const {
  const size_t kept = last ? 0 : secrets_.longest_ - 1;
  if (text.size() > kept) text.erase(0, text.size() - kept);
}

std::set<FoundSecret> SecretSearcher::finish() {
  std::set<uint32_t> as_they_are;
  for (const FoundSecret& one : found_) {
    if (!one.rewrapped) as_they_are.insert(secrets_.secret(one.text));
  }
  std::erase_if(found_, [&](const FoundSecret& one) {
    return one.rewrapped && as_they_are.contains(secrets_.secret(one.text));
  });
  return std::exchange(found_, {});
}

}  // namespace leaksift
