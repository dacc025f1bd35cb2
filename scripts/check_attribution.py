#!/usr/bin/env python3
"""Compares `leaksift history`'s attribution with git's own.

check_attribution.py REPO [COUNT] [--leaksift PROGRAM] [--seed N]

Takes COUNT blobs of the repository at random, makes a rule out of a line of
each, and compares for every blob that is found so its paths and introducing
commits, and for every rule the commits that add or remove the line's blobs,
with what one `git log --all -m --raw --find-object=...` says. Exits 1 on any
difference.
"""
import argparse
import collections
import json
import random
import re
import subprocess
import sys
import tempfile

LINE = re.compile(rb"[\x21-\x7e][\x20-\x7e]{22,58}[\x21-\x7e]")
MAX_BLOB = 200_000
# Of a line that more blobs hold (a license's), only the sampled one is asked
# for: a command line has its limits.
MAX_BLOBS_OF_LINE = 250


def git(repo, *arguments, data=None):
    return subprocess.run(["git", "-C", repo, *arguments], input=data, check=True,
                          stdout=subprocess.PIPE).stdout


def sample_lines(repo, count, seed):
    """A line by the id of the blob it was taken from."""
    objects = git(repo, "rev-list", "--objects", "--all", "--missing=allow-any", "--no-object-names")
    listing = git(repo, "cat-file", "--batch-check", data=objects).decode()
    blobs = []
    for line in listing.splitlines():
        name, kind, size = line.split()
        if kind == "blob" and int(size) <= MAX_BLOB:
            blobs.append(name)
    chooser = random.Random(seed)
    chooser.shuffle(blobs)
    lines = {}
    for blob in blobs:
        if len(lines) == count:
            break
        candidates = LINE.findall(git(repo, "cat-file", "blob", blob))
        if candidates:
            text = chooser.choice(candidates).decode()
            if text not in lines.values():
                lines[blob] = text
    return lines


def write_rules(lines, path):
    with open(path, "w") as out:
        for i, text in enumerate(lines.values()):
            out.write(f"[[rules]]\nid = \"sample-{i}\"\ndescription = \"a line\"\n"
                      f"regex = {json.dumps(re.escape(text))}\n\n")


def run_leaksift(program, repo, rules):
    ran = subprocess.run([program, "history", repo, "--rules", rules, "--format", "jsonl",
                          "--no-suppress", "--no-progress"], stdout=subprocess.PIPE)
    if ran.returncode not in (0, 1, 3):
        sys.exit(f"leaksift failed with {ran.returncode}")
    rows = [json.loads(line) for line in ran.stdout.splitlines()]
    return [row for row in rows if row["type"] == "finding"]


class Raw:
    """What git says of the commits that touch some blobs."""

    def __init__(self, repo, blobs):
        # By commit and path: old and new id, for each parent that differs.
        self.diffs = collections.defaultdict(lambda: collections.defaultdict(list))
        self.parents = {}
        output = git(repo, "log", "--all", "-m", "--root", "--raw", "-z", "--no-renames", "--no-abbrev",
                     "--format=commit %H %P", *[f"--find-object={blob}" for blob in sorted(blobs)])
        commit = None
        fields = iter(output.decode("utf-8", "surrogateescape").split("\0"))
        for field in fields:
            field = field.lstrip("\n")
            if field.startswith("commit "):
                words = field.split()
                commit = words[1]
                self.parents[commit] = words[2:]
            elif field.startswith(":"):
                words = field.split()
                self.diffs[commit][next(fields)].append((words[2], words[3]))

    def changes(self, wanted):
        """(commit, "added" or "removed", path) of blobs in the set."""
        found = set()
        for commit, paths in self.diffs.items():
            needed = max(len(self.parents[commit]), 1)
            for path, pairs in paths.items():
                if len(pairs) < needed:
                    continue
                if all(new in wanted and old not in wanted for old, new in pairs):
                    found.add((commit, "added", path))
                if all(old in wanted and new not in wanted for old, new in pairs):
                    found.add((commit, "removed", path))
        return found


def is_ancestor(repo, older, commit):
    return subprocess.run(["git", "-C", repo, "merge-base", "--is-ancestor", older, commit]).returncode == 0


class Check:
    def __init__(self, repo, raw):
        self.repo = repo
        self.raw = raw
        self.differences = 0

    def differ(self, *words):
        self.differences += 1
        if self.differences <= 20:
            print("difference:", *words)

    def check_blob(self, blob, places):
        """`places`: commit by path, as leaksift has them."""
        by_git = collections.defaultdict(set)
        for commit, kind, path in self.raw.changes({blob}):
            if kind == "added":
                by_git[path].add(commit)
        if set(by_git) != set(places):
            self.differ(blob, "paths", set(by_git) ^ set(places))
        for path in set(by_git) & set(places):
            commit = places[path]
            if commit not in by_git[path]:
                self.differ(blob, path, "introduced by", commit, "but git says", by_git[path])
            for other in by_git[path] - {commit}:
                if is_ancestor(self.repo, other, commit):
                    self.differ(blob, path, commit, "has an earlier one:", other)

    def check_changes(self, finding, blobs):
        by_git = self.raw.changes(blobs)
        listed = {(c["commit"], c["change"], c["path"]) for c in finding["changes"]}
        if finding["change_count"] != len(by_git):
            self.differ(finding["rule_id"], finding["change_count"], "changes, by git", len(by_git))
        if not listed <= by_git:
            self.differ(finding["rule_id"], "changes that git has not", listed - by_git)
        if len(listed) != min(len(by_git), 100):
            self.differ(finding["rule_id"], "lists", len(listed))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repo")
    parser.add_argument("count", type=int, nargs="?", default=125)
    parser.add_argument("--leaksift", default="build/release/leaksift")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    lines = sample_lines(options.repo, options.count, options.seed)
    with tempfile.NamedTemporaryFile(suffix=".toml") as rules:
        write_rules(lines, rules.name)
        findings = run_leaksift(options.leaksift, options.repo, rules.name)
    sampled = {f"sample-{i}": blob for i, blob in enumerate(lines)}
    blobs_of = {f["rule_id"]: {o["blob"] for o in f["occurrences"] if o["object_type"] == "blob"}
                for f in findings}
    compared = {rule: blobs for rule, blobs in blobs_of.items() if len(blobs) <= MAX_BLOBS_OF_LINE}
    check = Check(options.repo, Raw(options.repo, set(lines).union(*compared.values())))
    seen = 0
    for finding in findings:
        blob = sampled[finding["rule_id"]]
        places = {o["path"]: o.get("commit") for o in finding["occurrences"] if o["blob"] == blob}
        seen += bool(places)
        if places:
            check.check_blob(blob, places)
        if finding["rule_id"] in compared:
            check.check_changes(finding, compared[finding["rule_id"]])
    places = sum(len(f["occurrences"]) for f in findings)
    changes = sum(f["change_count"] for f in findings if f["rule_id"] in compared)
    print(f"{len(lines)} blobs sampled, {seen} of them found, {places} places, {changes} changes: "
          f"{check.differences} differences")
    sys.exit(check.differences > 0)


if __name__ == "__main__":
    main()
