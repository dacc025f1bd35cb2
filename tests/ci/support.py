"""What the tests of CI and of the pre-commit framework share."""
import hashlib
import os
import pathlib
import subprocess
import sys

SKIPPED = 77  # ctest's SKIP_RETURN_CODE


def token(number):
    """A token that the rules in RULES find, and that is nobody's."""
    return "acme_" + hashlib.sha256(str(number).encode()).hexdigest()[:32]


RULES = """[[rules]]
id = "acme-token"
description = "Acme token"
regex = '''\\b(acme_[0-9a-f]{32})\\b'''
"""


def environment(home, **more):
    """That of a user without configuration of his own."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    env.update(HOME=str(home), GIT_CONFIG_NOSYSTEM="1", LC_ALL="C",
               ASAN_OPTIONS="detect_leaks=0")
    for who in ("AUTHOR", "COMMITTER"):
        env.update({f"GIT_{who}_NAME": "A Tester",
                    f"GIT_{who}_EMAIL": "tester@example.com"})
    env.update(more)
    return env


def run(command, folder, env, code=0):
    """Runs it and returns what it printed; ends the test on another code."""
    ran = subprocess.run(command, cwd=folder, env=env, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         check=False)
    if ran.returncode != code:
        sys.exit(f"{command}: exit code {ran.returncode}, not {code}\n"
                 f"{ran.stdout}")
    return ran.stdout


def check(holds, what):
    if not holds:
        sys.exit(f"FAILED: {what}")


class Repository:
    """A work tree in `folder`."""

    def __init__(self, folder, env):
        self.path = pathlib.Path(folder)
        self.env = env
        self.path.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments, code=0):
        return run(["git", *arguments], self.path, self.env, code).strip()

    def commit(self, name, text):
        """Returns the commit's id."""
        (self.path / name).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "--no-verify", "-m", name)
        return self.git("rev-parse", "HEAD")
