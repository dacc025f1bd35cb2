// What a check says, in tests.
#pragma once

#include <string>
#include <string_view>

#include "check/check.h"
#include "support/catch.h"

namespace leaksift {

inline CheckResult look(std::string_view check, std::string_view secret) {
  const Check* found = find_check(check);
  REQUIRE(found != nullptr);
  return found->look(secret);
}

inline Proof proof_of(std::string_view check, std::string_view secret) {
  return look(check, secret).proof;
}

// The value of a fact; empty if there is none of the name.
inline std::string fact_of(const CheckResult& result, std::string_view name) {
  for (const Fact& fact : result.facts) {
    if (fact.name == name) return fact.value;
  }
  return {};
}

// With another letter, digit or, if it is neither, sign at `place`.
inline std::string changed(std::string secret, size_t place) {
  secret[place] = secret[place] == 'B' ? 'C' : 'B';
  return secret;
}

// The check holds for the secret, and for none with one character changed from
// `from` on.
inline void holds_only_for(std::string_view check, const std::string& secret,
                           size_t from) {
  INFO(check << " " << secret);
  CHECK(proof_of(check, secret) == Proof::kHolds);
  for (size_t place = from; place < secret.size(); ++place) {
    INFO(changed(secret, place));
    CHECK(proof_of(check, changed(secret, place)) == Proof::kFails);
  }
}

}  // namespace leaksift
