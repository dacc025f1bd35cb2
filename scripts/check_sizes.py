#!/usr/bin/env python3
"""No source over 600 lines, no function over 60."""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
MAX_FILE = 600
MAX_FUNCTION = 60


def long_functions(lines):
    """Functions as clang-format lays them out: a head that ends in '{' at an
    indent, a body, and a '}' at that indent or (the head was broken) less."""
    head = re.compile(r"^(\s*)[\w:~<>,&*\[\] ()=.+\-/\"'!|]*\)[\w\s]*(?:->.*)?\{$")
    for start, line in enumerate(lines):
        match = head.match(line)
        if not match or re.match(r"\s*(?:if|for|while|switch|else|do|namespace)\b", line):
            continue
        indent = match[1]
        for end in range(start + 1, len(lines)):
            if re.match(r"\s{0,%d}\}" % len(indent), lines[end]):
                if end - start + 1 > MAX_FUNCTION:
                    yield start + 1, end - start + 1
                break


def main():
    problems = []
    for folder in ("include", "src", "tests", "bench"):
        for path in sorted((TOP / folder).rglob("*")):
            if path.suffix not in (".h", ".cc"):
                continue
            lines = path.read_text().splitlines()
            name = path.relative_to(TOP)
            if len(lines) > MAX_FILE:
                problems.append(f"{name}: {len(lines)} lines")
            for line, size in long_functions(lines):
                problems.append(f"{name}:{line}: a function of {size} lines")
    print("\n".join(problems) or "no file or function is too long")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
