"""Repositories of a folder over HTTP, by git's own http-backend, for one test.

Wants the login "oauth2:visibly-fake-token" below /private/, and has trouble
below /down/, /slow/ and /away/ (which sends to the server that is the third
argument). Prints its port, writes each request to the file that is its second
argument, and ends with its standard input.
"""
import base64
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

ROOT, LOG, AWAY = sys.argv[1], open(sys.argv[2], "w", buffering=1), sys.argv[3]
LOGIN = "Basic " + base64.b64encode(b"oauth2:visibly-fake-token").decode()


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def refuse(self, status, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def answer(self):
        parts = urlsplit(self.path)
        login = self.headers.get("Authorization", "")
        LOG.write(f"{self.command} {self.path} {login}\n")
        kind = parts.path.split("/")[1]
        if kind == "down":
            return self.refuse(503)
        if kind == "slow":
            time.sleep(20)
        if kind == "away":
            return self.refuse(302, Location=AWAY + self.path)
        if kind == "private" and login != LOGIN:
            return self.refuse(401, WWW_Authenticate='Basic realm="x"')
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        environment = {
            "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": ROOT, "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command, "PATH_INFO": parts.path, "QUERY_STRING": parts.query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
        out = subprocess.run(["git", "http-backend"], input=body, env=environment,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
        head, _, content = out.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        return None

    do_GET = do_POST = answer


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.handle_error = lambda *_: None  # a client that hangs up is no news
print(server.server_port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
os._exit(0)
