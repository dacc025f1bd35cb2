// Reports for programs.
//
// json: one object { "findings": [finding...], "summary": {...} }.
// jsonl: one object a line, each with a "type": "finding" for each finding,
// then one "summary". A file without that last line is not whole.
//
// A finding:
//   rule_id, description, class, severity, confidence, checksum
//   ("holds", "fails"), facts {name: value}, remedy, provider, tags,
//   fingerprint, secret (masked, unless the style shows it), entropy,
//   occurrences: [{id, path, line, column, end_line, end_column, encoding,
//     blob, object_type, commit, author_name, author_email, date,
//     committer_name, committer_email, commit_date, in_head, in_tips, state,
//     refs (the first 20 in whose history it is there), ref_count,
//     suppressed}],
//   introduced: {commit, path, author_name, author_email, date,
//     committer_name, committer_email, commit_date},
//   decoded_via: ["utf-16le"...], suppressed,
//   state ("head", "tip", "history", "note", "stash", "reflog", "dangling"),
//   changes (the first 100) [{commit, change ("added", "removed"), path}],
//   change_count
// The summary:
//   tool, version, command, target, findings, occurrences,
//   suppressed and suppressed_occurrences {"inline-comment", "ignore-file",
//     "baseline", "confidence"}, complete, strict,
//   coverage {inputs, blobs, bytes, skipped {reason: count},
//     skipped_items [{reason, name, detail}]},
//   seconds, stages
// What does not apply is left out: of git where there is no history, what
// a rule does not have, `encoding` for plain bytes, `suppressed`
// unless the style lists suppressed findings, `stages` without stats.
//
// Lines and columns count from 1, columns in characters; the end is behind the
// last character. Paths, names and secrets are bytes: those that are no UTF-8
// are written as the text \xNN. Everything beyond ASCII is escaped, so that no
// path can send a terminal anything.
#pragma once

#include <iosfwd>

#include "findings/finding.h"
#include "report/style.h"

namespace leaksift {

void write_json(const Report& report, const ReportStyle& style,
                std::ostream& out);
void write_jsonl(const Report& report, const ReportStyle& style,
                 std::ostream& out);

}  // namespace leaksift
