"""A forge on loopback, for one test.

Answers as the APIs of GitHub (below /api/v3), GitLab (/api/v4), Gitea (/api/v1)
and Bitbucket (/2.0, /rest/api/1.0) are documented to; owners of GitHub's side
that are called after some trouble have it. Prints its port, writes each request
to the file that is its argument, and ends with its standard input.
"""
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

LOG = open(sys.argv[1], "w", buffering=1)
AWAY = sys.argv[2] if len(sys.argv) > 2 else ""
ASKED = {}


def github(owner, number, **more):
    name = f"{owner}/r{number:03}"
    return {"id": number, "full_name": name, "private": number % 2 == 1, "fork": number == 2,
            "clone_url": f"https://ghe.example/{name}.git", "size": number, "archived": number == 3,
            "pushed_at": "2026-01-02T03:04:05Z", "default_branch": "main",
            "visibility": "internal" if number == 4 else "private" if number % 2 else "public"} | more


def gitlab(number):
    path = f"pay/sub/r{number}"
    return {"id": number, "path_with_namespace": path, "http_url_to_repo": f"https://gitlab.example/{path}.git",
            "last_activity_at": "2026-01-02T03:04:05.678+02:00", "default_branch": "trunk", "archived": False,
            "visibility": "internal", "empty_repo": number == 2, "statistics": {"repository_size": 1000 + number},
            "forked_from_project": {"http_url_to_repo": "https://gitlab.example/core/x.git"} if number == 1 else None}


def gitea(number):
    name = f"org/r{number}"
    return {"id": number, "full_name": name, "clone_url": f"https://gitea.example/{name}.git", "size": 24,
            "fork": number == 1, "parent": {"clone_url": "https://gitea.example/up/x.git"} if number == 1 else None,
            "empty": number == 2, "archived": number == 3, "private": True, "internal": number == 3,
            "updated_at": "2026-01-02T03:04:05+01:00", "default_branch": "main"}


def bitbucket_cloud(number):
    name = f"team/r{number}"
    return {"full_name": name, "size": 5000 + number, "is_private": True, "mainbranch": {"name": "main"},
            "updated_on": "2026-01-02T03:04:05.123456+00:00",
            "parent": {"links": {"html": {"href": "https://bitbucket.org/up/x"}}} if number == 1 else None,
            "links": {"clone": [{"name": "https", "href": f"https://bob@bitbucket.org/{name}.git"},
                                {"name": "ssh", "href": f"git@bitbucket.org:{name}.git"}]}}


def bitbucket_server(number):
    return {"slug": f"r{number}", "project": {"key": "PAY"}, "public": False, "archived": number == 1,
            "origin": {"slug": "x", "project": {"key": "UP"}} if number == 1 else None,
            "links": {"clone": [{"name": "ssh", "href": f"ssh://git@bb.example:7999/pay/r{number}.git"},
                                {"name": "http", "href": f"https://bb.example/scm/pay/r{number}.git"}]}}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=None, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(data)

    def link(self, page):
        base = f"http://{self.headers['Host']}{urlsplit(self.path).path}"
        return f'<{base}?page=1>; rel="first", <{base}?page={page}&x=a,b>; rel="next"'

    def pages(self, make, count, size):
        page = int(self.query.get("page", ["1"])[0])
        numbers = range((page - 1) * size + 1, min(page * size, count) + 1)
        more = {"Link": self.link(page + 1)} if page * size < count else {}
        self.answer(200, [make(n) for n in numbers], **more)

    def do_GET(self):
        self.query = parse_qs(urlsplit(self.path).query)
        path = urlsplit(self.path).path
        ASKED[path] = ASKED.get(path, 0) + 1
        LOG.write(f"{self.path} authorization={self.headers.get('Authorization', '')} "
                  f"etag={self.headers.get('If-None-Match', '')}\n")
        if path.startswith("/api/v3/orgs/"):
            owner = path.split("/")[4]
            trouble = getattr(self, "org_" + owner.replace("-", "_"), None)
            return trouble(ASKED[path]) if trouble else self.pages(lambda n: github(owner, n), 250, 100)
        if path == "/git/api/v1/repos/search":
            return self.answer(200, {"ok": True, "data": [gitea(1)]})
        if path == "/api/v4/groups/" + "pay%2Fsub" + "/projects":
            return self.pages(gitlab, 5, 2)
        if path == "/api/v1/users/org/repos":
            return self.pages(gitea, 3, 2)
        if path == "/2.0/repositories/team":
            page = int(self.query.get("page", ["1"])[0])
            body = {"pagelen": 100, "values": [bitbucket_cloud(page)]}
            if page < 3:
                body["next"] = f"http://{self.headers['Host']}{path}?page={page + 1}"
            return self.answer(200, body)
        if path == "/rest/api/1.0/projects/PAY/repos":
            start = int(self.query.get("start", ["0"])[0])
            last = start == 2
            return self.answer(200, {"size": 1, "isLastPage": last, "values": [bitbucket_server(start + 1)],
                                     "start": start, "nextPageStart": None if last else start + 1})
        return self.answer(404, {"message": "Not Found"})

    def org_limited(self, time_asked):
        if time_asked <= 2:
            return self.answer(429, {}, Retry_After=7)
        return self.answer(200, [github("limited", 1)])

    def org_reset(self, time_asked):
        if time_asked == 1:
            return self.answer(403, {}, X_RateLimit_Remaining=0, X_RateLimit_Reset=int(time.time()) + 30)
        return self.answer(200, [github("reset", 1)])

    def org_never(self, _):
        self.answer(429, {}, Retry_After=999999)

    def org_flaky(self, time_asked):
        if time_asked == 1:
            return self.answer(500, b"<html>")
        if time_asked == 2:
            return self.answer(502, b"")
        if time_asked == 3:  # the connection breaks in the middle
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"[")
            self.close_connection = True
            return None
        return self.answer(200, [github("flaky", 1)])

    def org_down(self, _):
        self.answer(503, {})

    def org_moved(self, time_asked):
        self.answer(301, {}, Location="/api/v3/orgs/new-name/repos?per_page=100")

    def org_circle(self, _):
        self.answer(302, {}, Location="/api/v3/orgs/circle/repos")

    def org_away(self, _):
        self.answer(302, {}, Location=AWAY + "/api/v3/orgs/x/repos")

    def org_next_away(self, _):
        self.answer(200, [github("next-away", 1)], Link=f'<{AWAY}/api/v3/x>; rel="next"')

    def org_huge(self, _):
        self.answer(200, b"[" + b" " * (2 << 20) + b"]")

    def org_broken(self, _):
        self.answer(200, b'[{"clone_url":')

    def org_object(self, _):
        self.answer(200, {"message": "hello"})

    def org_late(self, _):
        if "page" in self.query:
            return self.answer(200, b"no JSON")
        return self.answer(200, [github("late", 1)], Link=self.link(2))

    def org_loop(self, _):
        self.answer(200, [github("loop", 1)], Link=self.link(2))

    def org_denied(self, _):
        self.answer(401, {"message": "Bad credentials"})

    def org_odd(self, _):
        self.answer(200, [github("odd", 1), {"clone_url": "ext::sh -c id"}, {}, 7, None, "x",
                          {"clone_url": "file:///etc"}, {"clone_url": "https://u:hunter2@h/../x"},
                          github("odd", 2, size="big", pushed_at="soon", full_name=None, archived="yes")])

    def org_same(self, _):
        if self.headers.get("If-None-Match") == '"v1"':
            return self.answer(304, b"")
        page = int(self.query.get("page", ["1"])[0])
        more = {"Link": self.link(2)} if page == 1 else {}
        return self.answer(200, [github("same", page)], ETag='"v1"', **more)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.handle_error = lambda *_: None  # a client that hangs up is no news
print(server.server_port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
os._exit(0)
