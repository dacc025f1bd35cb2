#!/usr/bin/env python3
"""The real pre-commit framework with our .pre-commit-hooks.yaml.

usage: pre_commit_framework.py SOURCES PROGRAM VENV

VENV: a folder for the framework, filled from the package registry the first
time. Where that cannot be reached the test says so and is skipped.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

from support import (RULES, SKIPPED, Repository, check, environment, run,
                     token)

FRAMEWORK = "pre-commit>=4,<5"


def framework(venv):
    """The program, installed if need be."""
    program = venv / "bin" / "pre-commit"
    if program.exists():
        return program
    for command in ([sys.executable, "-m", "venv", "--clear", str(venv)],
                    [str(venv / "bin" / "pip"), "install", "-q",
                     "--disable-pip-version-check", FRAMEWORK]):
        ran = subprocess.run(command, text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, check=False)
        if ran.returncode != 0:
            print(f"SKIPPED: {FRAMEWORK} cannot be installed:\n{ran.stdout}")
            sys.exit(SKIPPED)
    return program


def hooks_repository(folder, env, sources, program):
    """Ours as the framework would clone it, with a program that is built."""
    hooks = Repository(folder, env)
    shutil.copy(sources / ".pre-commit-hooks.yaml", hooks.path)
    (hooks.path / "scripts" / "ci").mkdir(parents=True)
    shutil.copy(sources / "scripts" / "ci" / "run", hooks.path / "scripts/ci")
    stand_in = hooks.path / "scripts" / "leaksift"  # builds, in ours
    stand_in.write_text('#!/bin/sh\ntop=$(dirname "$0")/..\n'
                        'mkdir -p "$top/build/release"\n'
                        f"ln -s '{program}' \"$top/build/release/leaksift\"\n"
                        f'echo built >> "$top/log"\nexec \'{program}\' "$@"\n')
    stand_in.chmod(0o755)
    hooks.git("add", "-A")
    hooks.git("commit", "-q", "-m", "hooks")
    return hooks


def configure(repository, hooks, hook, rules):
    (repository.path / ".pre-commit-config.yaml").write_text(
        f"repos:\n- repo: {hooks.path}\n"
        f"  rev: {hooks.git('rev-parse', 'HEAD')}\n"
        f"  hooks:\n  - id: {hook}\n    args: [--rules, {rules}]\n"
        f"  - id: leaksift-tree\n    args: [--rules, {rules}]\n")
    repository.git("add", "-A")


def main():
    sources, program, venv = (pathlib.Path(a).absolute() for a in sys.argv[1:])
    pre_commit = framework(venv)
    with tempfile.TemporaryDirectory() as name:
        around = pathlib.Path(name)
        (around / "bin").mkdir()
        (around / "bin" / "leaksift").symlink_to(program)
        env = environment(around)
        env["PATH"] = f"{around}/bin:{env['PATH']}"
        env["PRE_COMMIT_HOME"] = str(around / "cache")
        rules = around / "rules.toml"
        rules.write_text(RULES)
        hooks = hooks_repository(around / "hooks", env, sources, program)
        run([pre_commit, "validate-manifest", ".pre-commit-hooks.yaml"],
            hooks.path, env)
        for hook in ("leaksift", "leaksift-system"):
            repository = Repository(around / hook, env)
            configure(repository, hooks, hook, rules)
            run([pre_commit, "install"], repository.path, env)
            repository.git("commit", "-q", "-m", "harmless")
            (repository.path / "file").write_text(token(1) + "\n")
            repository.git("add", "file")
            said = repository.git("commit", "-m", "secret", code=1)
            check("file:1:1" in said and token(1) not in said,
                  f"{hook} does not say where the secret is:\n{said}")
            # What is not staged is none of this commit's business.
            (repository.path / "file").write_text("harmless\n")
            repository.git("add", "file")
            (repository.path / "file").write_text(token(1) + "\n")
            repository.git("commit", "-q", "-m", "harmless")
            said = run([pre_commit, "run", "-a", "--hook-stage", "manual",
                        "leaksift-tree"], repository.path, env, code=1)
            check("file:1:1" in said, f"the tree is not scanned:\n{said}")
        built = list((around / "cache").glob("repo*/log"))
        check([log.read_text() for log in built] == ["built\n"],
              "the hook is not built once")


if __name__ == "__main__":
    main()
