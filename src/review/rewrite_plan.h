// What removes each secret of a report from its history, and what does not.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "findings/finding.h"
#include "review/replacements.h"
#include "review/repository_search.h"

namespace leaksift {

// By what it takes to remove a secret.
enum class Remedy {
  kText,       // A: a line of text, replaced
  kLines,      // B: several lines, replaced by a regex
  kBinary,     // C: in a binary file, or the file itself: the file is dropped
  kEncoded,    // D: in another encoding, replaced there
  kName,       // E: in the name of a file, ref or person, renamed
  kElsewhere,  // F: beside the history: no rewriting reaches it
};
char letter_of(Remedy remedy);
std::string_view description_of(Remedy remedy);

// Digits of a fingerprint that name a secret in what replaces it.
inline constexpr size_t kTagDigits = 12;

struct Card {
  const Finding* finding = nullptr;  // not owned
  std::set<Remedy> remedies;
  // Where else than in plain it stands: "as base64 in 2 text blobs (id, id)".
  std::vector<std::string> other_forms;
  // What the rewriting leaves and a person has to see to.
  std::vector<std::string> by_hand;
};

// What the files in SENSITIVE/ are made from.
struct RewritePlan {
  std::vector<Card> cards;  // what lives most first, then what is worst
  std::vector<Replacement> replacements;
  std::vector<Replacement> names;
  std::set<std::string> strip_blobs;
  std::map<std::string, TextEncoding> recode_blobs;  // UTF-16 and UTF-32 files
  Coverage coverage;                                 // of the search
};

// Looks for the secrets of `report` that count in all that the repository
// stores.
RewritePlan plan_rewrite(const Report& report, const Repository& repository,
                         unsigned jobs, uint64_t memory);

}  // namespace leaksift
