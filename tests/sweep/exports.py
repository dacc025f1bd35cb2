#!/usr/bin/env python3
"""Runs scanned by way of `sweep plan --export`: a Kubernetes Job's containers
and a Slurm array's tasks one after the other, GNU Parallel for real.

usage: exports.py SOURCES PROGRAM
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import yaml

SOURCES = pathlib.Path(sys.argv[1]).resolve()
sys.path.insert(0, str(SOURCES / "tests/ci"))
from postgres import Postgres, programs
from support import RULES, SKIPPED, Repository, check, environment, run, token

PROGRAM = pathlib.Path(sys.argv[2]).resolve()
REPOSITORIES = 7


class Organisation:
    """Repositories, a state in a database, and one in a folder beside it."""

    def __init__(self, folder, url):
        self.folder = folder
        (folder / "bin").mkdir()
        os.symlink(PROGRAM, folder / "bin/leaksift")
        self.env = environment(folder, PATH=f"{folder}/bin:{os.environ['PATH']}")
        (folder / "rules.toml").write_text(RULES)
        self.state = ["--state", url, "--cache", folder / "cache"]
        self.alone = ["--state", folder / "alone"]
        self.work = ["--repos", folder / "repositories", "--rules", folder / "rules.toml"]
        self.repositories = [Repository(folder / f"repositories/r{i}", self.env) for i in range(REPOSITORIES)]
        self.commits = 0

    def commit_everywhere(self):
        for repository in self.repositories:
            self.commits += 1
            repository.commit(f"f{self.commits}", f"key = {token(self.commits)}\n")

    def sweep(self, *arguments, code=0):
        return run([PROGRAM, "sweep", *arguments], self.folder, self.env, code)

    def sweep_alone(self):
        self.sweep("run", *self.alone, *self.work, code=1)

    def export(self, form):
        return self.sweep("plan", "--begin", *self.state, *self.work, "--export", form, "--buckets", "3")

    def units(self):
        lines = [json.loads(line) for line in
                 self.sweep("status", "--units", "--format", "jsonl", *self.state).splitlines()]
        return [line for line in lines if line["type"] == "unit"]

    def finish(self):
        check(all(unit["state"] == "done" for unit in self.units()), "all units are done")
        self.sweep("finish", *self.state, code=1)
        check(self.findings(self.state) == self.findings(self.alone), "the findings are those of one machine")

    def findings(self, state):
        return self.sweep("findings", "--format", "jsonl", *state, code=1)


def check_job(job, maps):
    """What makes it hold: each index once, failures told apart."""
    spec = job["spec"]
    check((spec["completionMode"], spec["completions"], spec["backoffLimitPerIndex"]) == ("Indexed", 3, 3),
          "three indexes")
    rules = {rule["action"]: rule for rule in spec["podFailurePolicy"]["rules"]}
    check(rules["FailIndex"]["onExitCodes"]["values"] == [3], "given up is not tried again")
    check("DisruptionTarget" in str(rules["Ignore"]), "a lost node does not count")
    pod = spec["template"]["spec"]
    check(pod["restartPolicy"] == "Never", "as podFailurePolicy asks for")
    check(pod["containers"][0]["resources"]["requests"] == {"cpu": 1, "memory": "2048Mi"}, "resources")
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    mounts = {mount["name"] for mount in pod["containers"][0]["volumeMounts"]}
    check(set(volumes) == mounts, f"each volume is mounted: {volumes} {mounts}")
    named = [source["configMap"]["name"] for source in volumes["units"]["projected"]["sources"]]
    check(named == [one["metadata"]["name"] for one in maps], "each ConfigMap is in the volume")


def run_job(sweeps, text):
    *maps, job = list(yaml.safe_load_all(text))
    check_job(job, maps)
    units = sweeps.folder / "units"
    units.mkdir()
    for one in maps:
        for name, ids in one["data"].items():
            (units / name).write_text(ids)
    command = job["spec"]["template"]["spec"]["containers"][0]["command"]
    check(command[:2] == ["/bin/sh", "-c"], "a script")
    for index in range(3):
        run([*command[:2], command[2].replace("/units/", f"{units}/")], sweeps.folder,
            {**sweeps.env, "JOB_COMPLETION_INDEX": str(index)})
    exported = sorted(id for one in maps for ids in one["data"].values() for id in ids.split())
    check(exported == sorted(unit["id"] for unit in sweeps.units()), "each unit is in one bucket")


def run_array(sweeps, text):
    script = sweeps.folder / "script"
    script.write_text(text)
    run(["bash", "-n", script], sweeps.folder, sweeps.env)
    for index in (2, 0, 1, 1):
        run(["bash", script], sweeps.folder, {**sweeps.env, "SLURM_ARRAY_TASK_ID": str(index)})


def run_parallel(sweeps, text):
    (sweeps.folder / "script").write_text(text)
    for _ in range(2):  # the second time there is nothing left to do
        run(["sh", "script", "--jobs", "2"], sweeps.folder, sweeps.env)


def run_all(folder):
    postgres = Postgres(folder / "postgres")
    sweeps = Organisation(folder, postgres.url)
    for form, scan in (("k8s-job", run_job), ("slurm", run_array), ("parallel", run_parallel)):
        sweeps.commit_everywhere()
        sweeps.sweep_alone()
        if not (folder / "first").exists():
            shutil.copytree(folder / "alone", folder / "first")
        (folder / "cache").mkdir(exist_ok=True)
        shutil.copy(folder / "alone/key", folder / "cache/key")  # ids of findings are keyed
        scan(sweeps, sweeps.export(form))
        sweeps.finish()
        refused = sweeps.sweep("plan", "--begin", *sweeps.state, *sweeps.work, "--export", form, code=2)
        check("nothing left to be scanned" in refused, "an empty plan is none")
        sweeps.sweep("finish", *sweeps.state)
        sweeps.sweep("run", *sweeps.alone, *sweeps.work)  # runs are counted
    cost = run([sys.executable, SOURCES / "scripts/sweep_cost", folder / "first", "--repos",
                folder / "repositories", "--", "--rules", folder / "rules.toml"], folder,
               {**sweeps.env, "LEAKSIFT_PROGRAM": str(PROGRAM)})
    check(f"first seen {REPOSITORIES:6} units" in cost and "1,000,000 repositories" in cost, cost)
    refused = sweeps.sweep("plan", "--begin", *sweeps.alone, *sweeps.work, "--export", "slurm", code=2)
    check("--state postgres://" in refused, "many machines share a database")

    sweeps.commit_everywhere()
    sweeps.sweep("plan", "--begin", *sweeps.state, *sweeps.work)
    sweeps.sweep("finish", *sweeps.state, code=2)
    ended = sweeps.sweep("finish", "--give-up", *sweeps.state, code=3)
    check(f"{REPOSITORIES} failed" in ended and "no worker came to an end with it" in ended,
          "what nobody has scanned is named")
    postgres.stop()


def main():
    if not programs() or not shutil.which("parallel"):
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        run_all(pathlib.Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
