#include "review/instructions.h"

#include "core/text.h"

namespace leaksift {
namespace {

constexpr std::string_view kScript = R"sh(#!/bin/sh
# sh rewrite.sh CLONE: takes the secrets of this review out of CLONE, a fresh
# mirror clone (README.md). Needs git filter-repo 2.38 or newer.
set -eu
[ $# -eq 1 ] || { echo "usage: sh rewrite.sh CLONE" >&2; exit 2; }
sensitive=$(cd "$(dirname "$0")/SENSITIVE" && pwd)
cd "$1"
git update-ref -d refs/stash  # nothing to publish, and filter-repo minds it
PYTHONPATH=$sensitive PYTHONDONTWRITEBYTECODE=1 git filter-repo \
  --replace-text "$sensitive/replacements.txt" \
  --replace-message "$sensitive/replacements.txt" \
  --strip-blobs-with-ids "$sensitive/strip-blobs.txt" \
  --blob-callback 'import leaksift_rewrite; leaksift_rewrite.recode(blob)' \
  --filename-callback 'import leaksift_rewrite as r; return r.rename(filename)' \
  --refname-callback 'import leaksift_rewrite as r; return r.rename(refname)' \
  --name-callback 'import leaksift_rewrite as r; return r.rename(name)' \
  --email-callback 'import leaksift_rewrite as r; return r.rename(email)' \
  --replace-refs delete-no-add
# What filter-repo noted down names old refs and quotes messages. Which commit
# became which is worth keeping.
notes=$(git rev-parse --git-dir)/filter-repo
find "$notes" -type f ! -name commit-map -exec rm {} +
)sh";

constexpr std::string_view kCallbacks =
    R"py("""Callbacks for git filter-repo; see rewrite.sh.

names.txt: what is replaced in the names of files, refs and people.
recode-blobs.txt: files in UTF-16 and UTF-32, in which replacements.txt is
applied to what they say.
"""
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))


def lines_of(name):
    with open(os.path.join(HERE, name), "rb") as file:
        return [line.rstrip(b"\n") for line in file if line.strip()]


def patterns_of(name):
    patterns = []
    for line in lines_of(name):
        what, replacement = line.rsplit(b"==>", 1)
        if what.startswith(b"regex:"):
            pattern = what[len(b"regex:"):]
        else:
            pattern = re.escape(what[len(b"literal:"):])
        patterns.append((re.compile(pattern), replacement))
    return patterns


NAMES = patterns_of("names.txt")
TEXTS = patterns_of("replacements.txt")
RECODE = dict(line.split() for line in lines_of("recode-blobs.txt"))


def rename(name):
    for pattern, replacement in NAMES:
        # A ref's name must not hold an asterisk.
        name = pattern.sub(replacement.replace(b"*", b""), name)
    return name


def recode(blob):
    encoding = RECODE.get(blob.original_id)
    if encoding is None:
        return
    encoding = encoding.decode()
    try:
        text = blob.data.decode(encoding, "surrogatepass")
        text = text.encode("utf-8", "surrogatepass")
        for pattern, replacement in TEXTS:
            text = pattern.sub(replacement, text)
        text = text.decode("utf-8", "surrogatepass")
        blob.data = text.encode(encoding, "surrogatepass")
    except UnicodeError:
        # Not all of it is text: --verify-clean will name it.
        pass
)py";

}  // namespace

std::string_view rewrite_script() {
  return kScript;
}

std::string_view rewrite_callbacks() {
  return kCallbacks;
}

std::string review_readme(std::string_view target, std::string_view folder) {
  const std::string review = shell_word(printable(folder));
  std::string text = R"(# A release review

`review.html` says whether the history is ready to be published, and if not,
why: one card for each secret. It needs nothing but a browser; `review.md` says
the same as text, and `review.json` for programs;
`findings.json` is the report of `leaksift history`, and a baseline.

**`SENSITIVE/` holds the secrets in clear.** Keep this folder to yourself, out
of repositories and build artefacts, and shred it when you are done.

## What to do

1. **Revoke or rotate** every secret that is still valid. A rewritten history
   takes nothing back from those who have a clone.
2. Decide. What is to stay (an example, a test key) is taken out of
   `SENSITIVE/replacements.txt` (and `names.txt`), a file that is to stay out of
   `SENSITIVE/strip-blobs.txt`, by deleting its line.
3. Rewrite a fresh mirror clone, and check it:

)";
  text += "       git clone --mirror --no-local " +
          shell_word(printable(target)) + " clean.git\n";
  text += "       sh " + review + "/rewrite.sh clean.git\n";
  text += "       leaksift history --verify-clean " + review + " clean.git\n";
  text += R"(
   (`git filter-repo`: `apt install git-filter-repo` or
   `pip install git-filter-repo`; 2.38 or newer.) `--verify-clean` looks for
   every secret in every object, in all usual encodings, and for files that
   should be gone, and runs the rules again. Exit code 0: clean; 1: something
   is left; 3: not all of it could be looked at.
4. See to what stands under "left to you" in `review.html`, and to the checklist.
5. Publish `clean.git` as a new repository. Whoever has an old clone must not
   push it there: that would bring everything back.

What `rewrite.sh` runs:

)";
  for (const std::string_view line : split(kScript, '\n')) {
    text += line.empty() ? "\n" : "    " + std::string(line) + "\n";
  }
  return text;
}

}  // namespace leaksift
