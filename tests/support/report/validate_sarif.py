"""Holds SARIF reports against the schema of SARIF 2.1.0.

usage: validate_sarif.py SCHEMA SARIF_SAMPLE

Runs the program SARIF_SAMPLE and checks what it prints. Needs Debian's package
python3-jsonschema and fails without it.
"""

import copy
import json
import subprocess
import sys
from urllib.parse import urlsplit

import jsonschema


def uris(node):
    """All values of "uri" and "helpUri" under `node`."""
    if isinstance(node, list):
        for item in node:
            yield from uris(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in ("uri", "helpUri"):
                yield value
            else:
                yield from uris(value)


def check_uri(uri):
    unreserved = set("-._~/:")  # and no delimiter of a query or fragment
    rest = uri.replace("%", "")
    assert all(c.isascii() and (c.isalnum() or c in unreserved) for c in rest), uri
    assert urlsplit(uri).scheme in ("", "file", "https"), uri
    assert urlsplit(uri).scheme or not uri.startswith("/"), uri


def check_indexes(run):
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    validator = jsonschema.Draft4Validator(schema)

    for kind in ("listed", "all", "empty"):
        printed = subprocess.run(
            [sys.argv[2], kind], check=True, stdout=subprocess.PIPE
        ).stdout
        report = json.loads(printed.decode("ascii"))
        validator.validate(report)
        for uri in uris(report):
            check_uri(uri)
        for run in report["runs"]:
            check_indexes(run)
        print(f"{kind}: {len(printed)} bytes, valid")

        # The schema must be one that refuses things.
        for key in ("version", "runs"):
            broken = copy.deepcopy(report)
            del broken[key]
            assert not validator.is_valid(broken), key


main()
