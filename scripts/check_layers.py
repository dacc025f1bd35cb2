#!/usr/bin/env python3
"""Holds the includes to the layers.

A module may include its own headers, those of the modules that its
leaksift_module() line in CMakeLists.txt names, and the public ones. A
dependency is included by its door alone.
"""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent

# Header of a dependency -> the sources that may include it.
DOORS = {
    r"re2/": {"core/regex.cc"},
    r"xxhash\.h": {"core/hash.cc"},
    r"openssl/": {"core/digest.cc"},
    r"toml\+\+/": {"rules/toml_fields.h"},
    r"hs/|hs\.h": {"match/prefilter.cc"},
    r"libdeflate\.h": {"git/inflate.cc"},
    r"zlib\.h": {"git/byte_stream.cc"},
    r"tbb/|oneapi/": {"git/object_walk.cc", "git/decoder.h", "git/threads.h",
                      "pipeline/"},
    r"simdjson": {"findings/baseline.cc", "check/json_object.cc", "import/detect_secrets.cc", "sweep/json.h"},
    r"nlohmann/": {"report/", "review/", "hook/", "sweep/"},
    r"sqlite3\.h": {"store/sqlite_database.cc"},
    r"libpq-fe\.h": {"store/pq_library.h"},
    r"curl/": {"sweep/curl_library.h"},
    r"yaml\.h": {"import/yaml.cc"},
    r"dlfcn\.h": {"core/late_library.cc"},
    r"CLI/": {"cli/options.cc", "cli/hook_options.cc", "cli/period.cc", "cli/shared_options.cc", "cli/sweep_options.cc"},
}


def modules():
    text = (TOP / "CMakeLists.txt").read_text()
    found = {}
    for name, rest in re.findall(r"^leaksift_module\((\w+)([^)]*)\)", text, re.M):
        uses = re.search(r"USES((?:\s+(?!LIBS)\w+)+)", rest)
        found[name] = set(uses[1].split()) if uses else set()
    return found


def check_file(path, allowed):
    place = path.relative_to(TOP / "src").as_posix()
    module = place.split("/")[0]
    for number, line in enumerate(path.read_text().splitlines(), 1):
        own = re.match(r'#include "(\w+)/', line)
        if own and own[1] not in allowed[module] | {module, "leaksift"}:
            yield f"src/{place}:{number}: {module} may not include {own[1]}/"
        foreign = re.match(r"#include <([^>]+)>", line)
        for pattern, doors in DOORS.items():
            if foreign and re.match(pattern, foreign[1]):
                if not any(place.startswith(door) for door in doors):
                    yield f"src/{place}:{number}: <{foreign[1]}> has another door: {', '.join(sorted(doors))}"


def main():
    allowed = modules()
    problems = []
    for path in sorted((TOP / "src").glob("*/**/*")):
        if path.suffix in (".h", ".cc"):
            problems += check_file(path, allowed)
    order = list(allowed)
    for name, uses in allowed.items():
        for used in uses:
            if order.index(used) >= order.index(name):
                problems.append(f"CMakeLists.txt: {name} uses {used}, which stands below it")
    print("\n".join(problems) or f"{len(allowed)} modules, every include goes downwards")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
