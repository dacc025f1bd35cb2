#!/usr/bin/env python3
"""Learns how the words of source code are spelt.

    scripts/train_wordiness.py FOLDER... > src/match/word_table.inc

Each folder is a checkout of a project. A word counts once, however often it
stands there, if two projects have it twice or more: words are shared, random
tokens are not. What is in the repository was learned from the checkouts of
curl, redis, git, express, terraform, spring-framework, laravel/framework,
cargo, ansible and gitleaks, November 2026 (18,900 words).
"""
import collections
import math
import pathlib
import re
import sys

# Letters without case, "0" for any digit, "-" for everything else and for where
# a word begins or ends.
SYMBOLS = "abcdefghijklmnopqrstuvwxyz0-"
MAX_FILE = 400_000
SMOOTHING = 5
WORD = re.compile(rb"[A-Za-z0-9][A-Za-z0-9_.-]{1,38}[A-Za-z0-9]")
HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def texts(folder):
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= MAX_FILE and ".git" not in path.parts:
            data = path.read_bytes()
            if b"\0" not in data[:2000]:
                yield data


def words(folders):
    projects = collections.Counter()
    for folder in folders:
        files = collections.Counter()
        for data in texts(folder):
            files.update(set(WORD.findall(data)))
        projects.update(word for word, n in files.items() if n >= 2)
    return sorted(word.decode() for word, n in projects.items() if n >= 2)


def symbols(word):
    word = HUMP.sub("-", word).lower()
    return "--" + "".join(c if c.isalpha() else "0" if c.isdigit() else "-" for c in word) + "-"


def main():
    three, two, one = collections.Counter(), collections.Counter(), collections.Counter()
    for word in words(sys.argv[1:]):
        text = symbols(word)
        for i in range(2, len(text)):
            three[text[i - 2:i + 1]] += 1
            two[text[i - 1:i + 1]] += 1
            one[text[i]] += 1
    behind_two, behind_one = collections.Counter(), collections.Counter()
    for key, n in three.items():
        behind_two[key[:2]] += n
    for key, n in two.items():
        behind_one[key[0]] += n
    total = sum(one.values())

    def share(a, b, c):
        first = (one[c] + 1) / (total + len(SYMBOLS))
        second = (two[b + c] + SMOOTHING * first) / (behind_one[b] + SMOOTHING)
        return (three[a + b + c] + SMOOTHING * second) / (behind_two[a + b] + SMOOTHING)

    print("// Made by scripts/train_wordiness.py; see there.\n")
    print("// By two symbols, '!' + 4 * -log2 of the share of words in which each symbol")
    print("// comes next.")
    print("constexpr std::string_view kNext[] = {")
    for a in SYMBOLS:
        for b in SYMBOLS:
            cells = "".join(chr(33 + min(round(-4 * math.log2(share(a, b, c))), 93)) for c in SYMBOLS)
            print('    R"~(' + cells + ')~",')
    print("};")


if __name__ == "__main__":
    main()
