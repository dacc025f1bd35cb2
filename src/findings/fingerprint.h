// Names for secrets and for the places where they stand, the same on every
// machine, in every run and after every rewrite of a history.
//
// Both are HMAC-SHA256 under fixed, public keys, cut to 32 hexadecimal digits.
// The key separates our hashes from everybody else's; it hides nothing. Who
// has a fingerprint can tell whether a guess is the secret: nothing to fear for
// a token of 100 random bits, but a password that is in a word list, a card
// number or a date of birth can be found out by trying. So reports with
// fingerprints of such findings are to be kept like the findings themselves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "findings/finding.h"
#include "leaksift/secret.h"

namespace leaksift {

inline constexpr size_t kFingerprintDigits = 32;

// Of rule and secret alone: where it stands has no part in it.
std::string fingerprint_of(std::string_view rule_id, const Secret& secret);

// Of a finding's fingerprint, of path_for_ids() of the occurrence and of its
// number among those of the same secret there (and in the same blob, in a
// history), from 0.
// It stays when lines move, and is the same for all versions of a file in
// which the secret stands as often: an ignore file names it once. Where there
// is no path (a dangling blob, a commit message) the object's id stands in.
std::string occurrence_id(std::string_view fingerprint,
                          const Occurrence& occurrence, uint64_t ordinal);

// Is `text` 32 lower-case hexadecimal digits?
bool is_fingerprint(std::string_view text);

}  // namespace leaksift
