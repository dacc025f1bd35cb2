"""A webhook's receiver on loopback, for one test.

webhook_server.py LOG KEY ANSWER...

Writes each request to LOG as a line of JSON, with what a receiver finds of the
signature (Standard Webhooks 1.0.0): KEY is as it is given out, "whsec_BASE64".
Gives the ANSWERs one after another, then 200: a status, or "slow" for three
seconds of nothing. Prints its port, and ends with its standard input.
"""
import base64
import hashlib
import hmac
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOG = open(sys.argv[1], "w", buffering=1)
KEY = base64.b64decode(sys.argv[2].removeprefix("whsec_"))
ANSWERS = sys.argv[3:]
TOLERANCE = 300  # seconds


def is_signed(headers, body):
    number, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > TOLERANCE:
        return False
    mac = hmac.new(KEY, f"{number}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return hmac.compare_digest("v1," + base64.b64encode(mac).decode(), headers.get("webhook-signature", ""))


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = ANSWERS.pop(0) if ANSWERS else "200"
        headers = {name.lower(): value for name, value in self.headers.items()}
        print(json.dumps({"path": self.path, "headers": headers, "signed": is_signed(headers, body),
                          "answer": answer, "body": json.loads(body)}), file=LOG)
        if answer == "slow":
            time.sleep(3)
            answer = "200"
        self.send_response(int(answer))
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
os._exit(0)
