#!/usr/bin/env python3
"""The parts of scripts/sweep_ray that need no Ray.

usage: ray_functions.py SOURCES
"""
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

SOURCES = pathlib.Path(sys.argv.pop(1)).resolve()
sys.dont_write_bytecode = True  # none beside the scripts
loader = importlib.machinery.SourceFileLoader("sweep_ray", str(SOURCES / "scripts/sweep_ray"))
sweep_ray = importlib.util.module_from_spec(importlib.util.spec_from_loader("sweep_ray", loader))
sys.modules["sweep_ray"] = sweep_ray  # for its dataclasses
loader.exec_module(sweep_ray)

GIGA = 1 << 30


def line(**members):
    return {"type": "unit", "id": "0f", "repository": "a/b", "bytes": 1, "state": "waiting"} | members


def node(name, address="10.0.0.1", alive=True, **resources):
    return {"NodeID": name, "NodeManagerAddress": address, "Alive": alive, "Resources": resources}


class Plans(unittest.TestCase):
    def test_units_are_read_and_other_lines_left_out(self):
        text = json.dumps(line(after=["1e"])) + "\n" + json.dumps({"type": "summary"}) + "\n"
        self.assertEqual(sweep_ray.units_in(text), [sweep_ray.Unit("0f", "a/b", 1, ("1e",), "waiting", "")])

    def test_done_and_failed_is_over(self):
        over = {state: sweep_ray.Unit.of(line(state=state)).is_over()
                for state in ("waiting", "running", "done", "failed")}
        self.assertEqual(over, {"waiting": False, "running": False, "done": True, "failed": True})


class Requests(unittest.TestCase):
    def test_giants_get_more_but_never_more_than_a_node_has(self):
        self.assertEqual(sweep_ray.request_for(0, 8).cpus, 1)
        self.assertEqual(sweep_ray.request_for(2 * GIGA, 8).cpus, 4)
        self.assertEqual(sweep_ray.request_for(100 * GIGA, 8).cpus, 8)
        self.assertEqual(sweep_ray.request_for(100 * GIGA, 2, GIGA).memory, GIGA)

    def test_what_the_program_may_hold_is_less_than_what_is_reserved(self):
        for size in (0, 1 << 20, GIGA, 50 * GIGA):
            for node_memory in (128 << 20, GIGA, 64 * GIGA):
                asked = sweep_ray.request_for(size, 4, node_memory)
                self.assertLess(asked.budget, asked.memory)
                self.assertGreaterEqual(asked.budget, 32 << 20)  # less is refused


class Mirrors(unittest.TestCase):
    mirrors = sweep_ray.mirrors_of([
        node("n2", **{"CPU": 2, "mirror:git.example": 1}), node("n1", **{"mirror:git.example": 1}),
        node("n3", **{"mirror:git.example/team/": 1}), node("n4", **{"mirror:/srv/a": 1}),
        node("n5", alive=False, **{"mirror:gone": 1})])

    def test_living_nodes_say_what_they_mirror(self):
        self.assertEqual(self.mirrors, {"git.example": ["n1", "n2"], "git.example/team": ["n3"], "/srv/a": ["n4"]})

    def test_the_longest_prefix_of_whole_names_is_nearest(self):
        for repository, nodes in (("git.example/x", ["n1", "n2"]), ("git.example/team/x", ["n3"]),
                                  ("git.example/teams/x", ["n1", "n2"]), ("git.example.com/x", ()),
                                  ("/srv/a/x.git", ["n4"]), ("/srv/b", ()), ("", ())):
            self.assertEqual(sweep_ray.nearest(repository, self.mirrors), nodes, repository)


class Preflight(unittest.TestCase):
    def test_a_port_among_those_of_workers_is_named(self):
        self.assertEqual(sweep_ray.check_address("10.0.0.1:6379"), [])
        for address in ("10.0.0.1:10002", "10.0.0.1:19999", "10.0.0.1", ":6379", "auto"):
            self.assertEqual(len(sweep_ray.check_address(address)), 1, address)

    def test_a_proxy_is_named_unless_the_head_is_excepted(self):
        proxy = {"http_proxy": "http://proxy:3128"}
        for environment, problems in (({}, 0), ({"http_proxy": ""}, 0), (proxy, 1),
                                      (proxy | {"no_proxy": "*"}, 0), (proxy | {"no_proxy": "10.0.0.1"}, 0),
                                      (proxy | {"no_proxy": "10.0.0.2, other"}, 1),
                                      (proxy | {"NO_PROXY": "x, .0.0.1"}, 0)):
            self.assertEqual(len(sweep_ray.check_proxies(environment, "10.0.0.1")), problems, environment)

    def test_the_state_is_a_database_without_a_password_in_its_name(self):
        self.assertEqual(sweep_ray.check_state("postgres://me@db/leaksift"), [])
        for state in ("/srv/state", "postgres://me:hidden@db/x", "postgresql://db/x?password=hidden"):
            problems = sweep_ray.check_state(state)
            self.assertEqual(len(problems), 1, state)
            self.assertNotIn("hidden", str(problems[0]))

    def test_the_address_of_this_machine_only_is_named_where_there_are_several(self):
        local = node("n1", "127.0.0.1")
        self.assertEqual(sweep_ray.check_nodes([local, node("n2", alive=False)]), [])
        self.assertEqual(len(sweep_ray.check_nodes([local, node("n2")])), 1)

    def test_a_node_without_the_program_or_with_another_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            program = pathlib.Path(folder) / "leaksift"
            look = lambda: sweep_ray.look_at_node(str(program), "leaksift 1", ["--state", "x"], folder)
            self.assertIn("has no", look()[0][0])
            self.write(program, 'echo "leaksift 2"')
            self.assertIn("leaksift 2", look()[0][0])
            self.write(program, '[ "$1" = --version ] && echo "leaksift 1" && exit; echo no way >&2; exit 2')
            self.assertIn("no way", look()[0][0])
            self.write(program, '[ "$1" = --version ] && echo "leaksift 1"; exit 0')
            self.assertEqual(look(), [])

    def write(self, path, script):
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)


class Scans(unittest.TestCase):
    def scan(self, script, seconds=10.0):
        return sweep_ray.scan_unit(["sh", "-c", script], seconds)

    def setUp(self):
        sweep_ray.PAUSE = 0

    def test_a_unit_that_is_over_is_told_in_two_words(self):
        self.assertEqual(self.scan(f"echo '{json.dumps(line(state='done'))}'"), ("done", ""))
        failed = json.dumps(line(state="failed", error="x" * 1000))
        self.assertEqual(self.scan(f"echo '{failed}'; exit 3"), ("failed", "x" * 300))

    def test_all_else_is_tried_again(self):
        waiting = json.dumps(line(state="waiting", error="why"))
        for script, why in ((f"echo '{waiting}'; exit 3", "why"), ("echo first; echo last >&2; exit 2", "last"),
                            ("kill -9 $$", "exit -9"), ("true", "exit 0")):
            with self.assertRaisesRegex(sweep_ray.CannotRun, why):
                self.scan(script)
        with self.assertRaisesRegex(sweep_ray.CannotRun, "not done after"):
            self.scan("sleep 10", 0.2)

    def test_the_program_ends_with_the_process_that_runs_it(self):
        worker = os.fork()
        if worker == 0:
            sweep_ray.run_child(["sleep", "4242"], 60)
            os._exit(0)
        sleeping = lambda: subprocess.run(["pgrep", "-P", str(worker), "-x", "sleep"], stdout=subprocess.PIPE,
                                          check=False).stdout.split()
        child = self.wait_for(sleeping)[0].decode()
        os.kill(worker, 9)
        os.waitpid(worker, 0)
        self.wait_for(lambda: not self.is_alive(child))

    def is_alive(self, process):
        try:
            return pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
        except OSError:
            return False

    def wait_for(self, question):
        for _ in range(500):
            answer = question()
            if answer:
                return answer
            time.sleep(0.01)
        self.fail("it does not come to that")


if __name__ == "__main__":
    unittest.main()
