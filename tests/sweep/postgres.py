"""A PostgreSQL server of a test's own, in a folder of its own."""
import ctypes
import os
import pathlib
import pwd
import signal
import subprocess
import time

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def programs():
    """Where the newest server is: Debian keeps it out of PATH. None: nowhere."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


class Postgres:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.log = self.folder / "log"
        self.server = None
        # It does not run as root.
        self.user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
            self.folder.parent.chmod(0o755)
        self.url = f"postgres://leaksift@/postgres?host={self.folder}"
        if self._spawn("initdb", "-D", self.folder / "data", "-U", "leaksift", "-A", "trust",
                       "-E", "UTF8", "--locale", "C", "--no-sync").wait() != 0:
            raise SystemExit(self.log.read_text())
        self.start()

    def _become(self):
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)
        if self.user:
            os.setgroups([])
            os.setgid(self.user.pw_gid)
            os.setuid(self.user.pw_uid)
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)  # the change of user ends it

    def _spawn(self, program, *arguments):
        with open(self.log, "ab") as log:
            return subprocess.Popen([programs() / program, *map(str, arguments)], cwd="/",
                                    stdout=log, stderr=log, preexec_fn=self._become)

    def start(self):
        self.server = self._spawn("postgres", "-D", self.folder / "data", "-k", self.folder,
                                  "-c", "listen_addresses=", "-c", "fsync=off",
                                  "-c", "log_statement=all", "-c", "max_connections=50")
        for _ in range(300):
            if subprocess.run([programs() / "pg_isready", "-q", "-d", self.url],
                              check=False).returncode == 0:
                return
            time.sleep(0.1)
        raise SystemExit(self.log.read_text())

    def stop(self):
        """At once, as a crash would."""
        if self.server:
            self.server.send_signal(signal.SIGQUIT)
            self.server.wait()
            self.server = None
