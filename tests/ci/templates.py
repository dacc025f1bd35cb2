#!/usr/bin/env python3
"""action.yml and gitlab.yml: their shape, and their steps run as CI runs them.

usage: templates.py SOURCES PROGRAM
"""
import json
import pathlib
import re
import sys
import tempfile

import yaml

from support import RULES, Repository, check, environment, run, token

ZEROS = "0" * 40
ACTION_KEYS = {"name", "description", "inputs", "outputs", "runs"}
STEP_KEYS = {"id", "if", "name", "shell", "run", "uses", "with", "env",
             "continue-on-error", "working-directory"}


def check_action(action):
    check(set(action) <= ACTION_KEYS, "action.yml has keys of its own")
    check(action["runs"]["using"] == "composite", "the action is composite")
    for name, field in {**action["inputs"], **action["outputs"]}.items():
        check(field.get("description"), f"{name} has no description")
    for step in action["runs"]["steps"]:
        check(set(step) <= STEP_KEYS, f"unknown keys in {step}")
        check(("run" in step) != ("uses" in step), f"not one thing: {step}")
        check("run" not in step or step["shell"] == "bash", f"shell: {step}")
        check("${{" not in step.get("run", ""),
              f"an expression inside of a command: {step}")
        check("@" in step.get("uses", "@"), f"no version: {step}")
    text = json.dumps(action)
    for name in re.findall(r"inputs\.([\w-]+)", text):
        check(name in action["inputs"], f"there is no input {name}")
    for name in re.findall(r"steps\.(\w+)\.", text):
        check(any(s.get("id") == name for s in action["runs"]["steps"]),
              f"there is no step {name}")


class Runner:
    """Runs the steps that are ours, with what GitHub would set."""

    def __init__(self, action, sources, program, around):
        self.steps = [s for s in action["runs"]["steps"] if "run" in s]
        self.sources = sources
        self.program = program
        self.around = around
        self.rules = around / "rules.toml"
        self.rules.write_text(RULES)

    def value(self, text, event, outputs):
        """An expression's, as far as ours go."""
        def of(match):
            path = match[1].strip()
            known = {"inputs.config": str(self.rules), "inputs.baseline": "",
                     "inputs.min-confidence": "medium",
                     "runner.temp": str(self.around), **outputs}
            if path in known:
                return known[path]
            node = event
            for part in path.removeprefix("github.event.").split("."):
                node = node.get(part) if isinstance(node, dict) else None
            return "" if node is None else str(node)
        return re.sub(r"\$\{\{(.*?)\}\}", of, text)

    def run(self, repository, kind, event, code):
        """Returns what the scan said."""
        output = self.around / "output"
        output.write_text("")
        env = environment(
            self.around, GITHUB_ACTION_PATH=str(self.sources),
            GITHUB_OUTPUT=str(output), GITHUB_EVENT_NAME=kind,
            GITHUB_SHA=repository.git("rev-parse", "HEAD"),
            LEAKSIFT_PROGRAM=str(self.program))
        said, outputs = "", {}
        for i, step in enumerate(self.steps):
            more = {k: self.value(v, event, outputs)
                    for k, v in step.get("env", {}).items()}
            last = i + 1 == len(self.steps)
            said += run(["bash", "--noprofile", "--norc", "-eo", "pipefail",
                         "-c", step["run"]], repository.path, {**env, **more},
                        code if last else 0)
            for line in output.read_text().splitlines():
                name, _, value = line.partition("=")
                outputs[f"steps.scan.outputs.{name}"] = value
        self.outputs = outputs
        return said


def check_runs(runner, env):
    repository = Repository(runner.around / "tree", env)
    first = repository.commit("a", token(1))
    clean = repository.commit("b", "harmless")
    leaky = repository.commit("c", token(2))
    main = {"repository": {"default_branch": "main"}}

    pull = {"pull_request": {"base": {"sha": clean}, "head": {"sha": leaky}}}
    said = runner.run(repository, "pull_request", pull, 1)
    check("c:1:1" in said and "a:1:1" not in said, f"the range:\n{said}")
    check("::error::leaksift found secrets" in said, "no verdict")
    sarif = json.loads(pathlib.Path(
        runner.outputs["steps.scan.outputs.sarif"]).read_text())
    check(len(sarif["runs"][0]["results"]) == 1, "the report has one result")

    runner.run(repository, "push", {"before": leaky, **main}, 0)
    runner.run(repository, "push", {"before": first, **main}, 1)
    # A new branch: what the default branch does not have.
    repository.git("update-ref", "refs/remotes/origin/main", leaky)
    runner.run(repository, "push", {"before": ZEROS, **main}, 0)
    repository.git("update-ref", "refs/remotes/origin/main", clean)
    runner.run(repository, "push", {"before": ZEROS, **main}, 1)
    repository.git("update-ref", "-d", "refs/remotes/origin/main")
    said = runner.run(repository, "push", {"before": ZEROS, **main}, 1)
    check("a:1:1" in said and "c:1:1" in said, f"not all of it:\n{said}")
    said = runner.run(repository, "schedule", main, 1)
    check("a:1:1" in said, f"not the whole history:\n{said}")

    said = runner.run(repository, "push", {"before": "1" * 40, **main}, 2)
    check("fetch-depth: 0" in said, f"no remedy:\n{said}")
    hostile = "x; touch hit; $(touch hit) `touch hit`"
    pull["pull_request"]["base"]["sha"] = hostile
    said = runner.run(repository, "pull_request", pull, 2)
    check("is no id" in said, f"a hostile id:\n{said}")
    hostile_main = {"repository": {"default_branch": hostile}}
    runner.run(repository, "push", {"before": ZEROS, **hostile_main}, 1)
    check(not list(runner.around.rglob("hit")), "an input became a command")


def check_gitlab(job, sources, program, around):
    check(set(job) == {"leaksift"}, "one job")
    job = job["leaksift"]
    check(job["variables"]["GIT_DEPTH"] == "0", "the whole history is there")
    env = environment(around, LEAKSIFT_PROGRAM=str(program))
    repository = Repository(around / "gitlab", env)
    base = repository.commit("a", "harmless")
    head = repository.commit("b", token(1))
    (repository.path / ".leaksift").symlink_to(sources)
    script = "\n".join(["set -eo pipefail", *job["script"]])
    script += f" --rules {around / 'rules.toml'}"
    for before, code in ((base, 1), (head, 0)):
        run(["bash", "-c", script], repository.path,
            {**env, **job["variables"], "CI_COMMIT_SHA": head,
             "CI_COMMIT_BEFORE_SHA": before, "CI_DEFAULT_BRANCH": "main"},
            code)
        check((repository.path / job["artifacts"]["paths"][0]).exists(),
              "the report is kept")


def main():
    sources, program = (pathlib.Path(a).absolute() for a in sys.argv[1:])
    action = yaml.safe_load((sources / "action.yml").read_text())
    check_action(action)
    with tempfile.TemporaryDirectory() as name:
        around = pathlib.Path(name)
        runner = Runner(action, sources, program, around)
        check_runs(runner, environment(around))
        job = yaml.safe_load((sources / "scripts/ci/gitlab.yml").read_text())
        check_gitlab(job, sources, program, around)


if __name__ == "__main__":
    main()
