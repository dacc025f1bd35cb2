// The ids of findings that pushers see and logs keep.
#pragma once

#include <string>
#include <string_view>

#include "leaksift/result.h"

namespace leaksift {

inline constexpr size_t kFindingIdDigits = 12;

// Is `text` 12 lower-case hexadecimal digits?
bool is_finding_id(std::string_view text);

// 32 bytes that only this user can read, in `folder`/key; makes the folder and
// the key, once, whoever comes first. A key that others may read is an error.
Result<std::string> read_key(const std::string& folder);

// The server's key, from which ids are made: who has an id but not the key
// cannot try guesses against it, and an id means nothing in another
// repository. Immutable and safe to share between threads.
class FindingKey {
 public:
  // As read_key() does.
  static Result<FindingKey> open(const std::string& folder);

  // The same for the same finding, for as long as the key is kept.
  std::string id_of(std::string_view repository,
                    std::string_view fingerprint) const;

 private:
  explicit FindingKey(std::string key) : key_(std::move(key)) {}

  std::string key_;
};

}  // namespace leaksift
