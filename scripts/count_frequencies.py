#!/usr/bin/env python3
"""Counts how often bytes, pairs of bytes and words stand in source code.

    scripts/count_frequencies.py FOLDER... > src/rules/frequency_table.inc

Each folder (a checkout of a project) has the same weight. What is in the
repository was counted over the checkouts of curl, redis, git, express,
terraform, spring-framework, laravel/framework, cargo and ansible, November
2026.
"""
import collections
import math
import pathlib
import re
import sys

# Symbols: letters without case, "0" for any digit, these, and one for the rest.
SYMBOLS = "abcdefghijklmnopqrstuvwxyz0 \t\n_-./:=\"'(),;<>*#{}[]$@+&|%!\\`?~^"
MIN_WORD = 0.02  # per KB; also of domain names
MAX_FILE = 500_000


def symbol(byte):
    c = chr(byte).lower()
    if c.isdigit() and byte < 128:
        return SYMBOLS.index("0")
    return SYMBOLS.index(c) if byte < 128 and c in SYMBOLS else len(SYMBOLS)


def texts(folder):
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= MAX_FILE:
            data = path.read_bytes()
            if b"\0" not in data[:8000]:
                yield data


def count(folder):
    """Shares of pairs, per byte, and of words, per KB."""
    pairs = collections.Counter()
    words = collections.Counter()
    size = 0
    for data in texts(folder):
        size += len(data)
        pairs.update(zip(data, data[1:]))
        # fooBar_baz: foo, bar, baz
        for run in re.findall(rb"[A-Z]?[a-z]{2,}|[A-Z]{3,}", data):
            if len(run) >= 3:
                words[run.lower()] += 1
        words.update(re.findall(rb"[a-z]{3,}\.(?:com|io|net|org)\b", data))
    return pairs, words, size


def main():
    total = [[0.0] * (len(SYMBOLS) + 1) for _ in range(len(SYMBOLS) + 1)]
    all_words = collections.Counter()
    folders = sys.argv[1:]
    for folder in folders:
        pairs, words, size = count(folder)
        for (a, b), n in pairs.items():
            total[symbol(a)][symbol(b)] += n / size / len(folders)
        for word, n in words.items():
            all_words[word] += n * 1024 / size / len(folders)

    print("// Made by scripts/count_frequencies.py; see there.\n")
    print("constexpr std::string_view kSymbols =\n    " +
          '"' + SYMBOLS.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\n", "\\n") + '";\n')
    print("// How often one symbol stands behind another: '!' + 2 * -log2 of the share of")
    print("// all pairs, at most 2^-46.")
    print("constexpr std::string_view kPairs[] = {")
    for row in total:
        cells = "".join(chr(33 + min(round(-2 * math.log2(max(x, 1e-14))), 93)) for x in row)
        print('    R"~(' + cells + ')~",')
    print("};\n")
    print("// Words, and how often they stand in 1 MB of source.")
    print("constexpr WordCount kWords[] = {")
    for word, n in sorted(all_words.items()):
        if n >= MIN_WORD:
            print(f'    {{"{word.decode()}", {round(n * 1024)}}},')
    print("};")


if __name__ == "__main__":
    main()
