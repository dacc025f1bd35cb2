// What `leaksift history --verify-clean` says. Secrets are masked.
#pragma once

#include <iosfwd>

#include "review/clean_check.h"

namespace leaksift {

void write_clean_text(const CleanCheck& check, const ReviewedSecrets& reviewed,
                      std::ostream& out);

// One object: tool, target, clean, complete, secrets (how many were looked
// for), left [{tag, secret, form, rewrapped, place, count, names}],
// unstripped [blob], structure [text], new_findings [{fingerprint, rule_id,
// secret, path, blob, commit}], objects, bytes, skipped {reason: count}.
void write_clean_json(const CleanCheck& check, const ReviewedSecrets& reviewed,
                      std::ostream& out);

}  // namespace leaksift
