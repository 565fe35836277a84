"""A client of the API that keeps its books right, and runs the go-live certificate.

Python 3.9 or newer, nothing else. Settings: BASE_URL, API_KEY (lb_test_...), WEBHOOKS=on.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BASE = os.environ["BASE_URL"].rstrip("/") + "/api/v1"
KEY = os.environ["API_KEY"]
FINAL = ("succeeded", "failed", "reversed")


def call(method, path, body=None):
    """One request. Returns the status (0: no answer), the headers and the JSON."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(BASE + path, data=data, method=method)
    request.add_header("Authorization", "Bearer " + KEY)
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=70) as answer:
            text = answer.read()
            return answer.status, answer.headers, json.loads(text) if text else None
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers, json.loads(refused.read() or b"{}")
    except (OSError, ValueError):  # cut, refused, timed out: nothing is known of it
        return 0, {}, None


def order(reference, phone, amount):
    """Orders a top-up; None: it was refused and nothing was charged.

    Without an answer, and after a refusal that passes, the same request goes out
    again with the same reference: it can never be delivered or charged twice.
    """
    for attempt in range(30):
        status, headers, body = call("POST", "/topups", {"phone": phone, "amount": amount, "reference": reference})
        if status in (200, 201, 202):
            return body
        if status == 409:  # the reference stands for something else: a mistake of ours
            return look_up(reference)
        if status not in (0, 402, 429) and status < 500:
            return None
        time.sleep(float(headers.get("Retry-After") or min(0.5 * 2**attempt, 20)))
    raise RuntimeError("no answer about " + reference)


def look_up(reference):
    """What stands behind a reference now; None: nothing."""
    while True:
        status, _, body = call("GET", "/topups?reference=" + urllib.parse.quote(reference))
        if status == 200:
            return body["data"][0] if body["data"] else None
        time.sleep(1)


class Books:
    """What we booked, by reference. Setting a state twice changes nothing."""

    def __init__(self):
        self.lock = threading.Lock()
        self.lines = {}

    def book(self, reference, top_up):
        if top_up is None:  # refused before it was accepted
            line = {"reference": reference, "status": "failed", "total": "0"}
        elif top_up["status"] in FINAL:
            total = top_up["price"] if top_up["status"] == "succeeded" else "0"
            line = {"reference": reference, "status": top_up["status"], "total": total}
        else:
            return
        with self.lock:
            self.lines[reference] = line


class Webhooks:
    """Receives webhooks: each once, and none that is older than what we know."""

    def __init__(self, books):
        self.books, self.secret = books, None
        self.seen, self.sequences, self.lock = set(), {}, threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(204 if outer.take(self.headers, body) else 401)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def address(self):
        return "http://127.0.0.1:%d/" % self.server.server_address[1]

    def signed(self, headers, body):
        at = headers["webhook-timestamp"]
        if abs(time.time() - int(at)) > 300:
            return False
        message = (headers["webhook-id"] + "." + at + ".").encode() + body
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        mine = "v1," + base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
        return any(hmac.compare_digest(mine, theirs) for theirs in headers["webhook-signature"].split(" "))

    def take(self, headers, body):
        if not self.signed(headers, body):
            return False
        event = json.loads(body)
        data = event["data"]
        with self.lock:
            if headers["webhook-id"] in self.seen or not event["type"].startswith("topup."):
                return True
            if data["sequence"] <= self.sequences.get(data["id"], 0):
                return True  # something newer is known already
            self.seen.add(headers["webhook-id"])
            self.sequences[data["id"]] = data["sequence"]
        self.books.book(data["reference"], look_up(data["reference"]))
        return True


def run(case, books):
    """Does what a case of the certificate asks."""
    for amount in [case["amount"]] + ([case["amount"]] if case["do"] == "order_twice" else []) + (
        [case["changed_amount"]] if case["do"] == "order_changed" else []
    ):
        books.book(case["reference"], order(case["reference"], case["phone"], amount))


def main():
    books, hooks, endpoint = Books(), None, None
    if os.environ.get("WEBHOOKS") == "on":
        hooks = Webhooks(books)
        _, _, endpoint = call("POST", "/sandbox/webhooks", {"url": hooks.address()})
        hooks.secret = endpoint["secret"]
    _, _, certificate = call("POST", "/sandbox/certificate/runs", {})
    cases = certificate["cases"]
    try:
        with ThreadPoolExecutor(len(cases)) as pool:
            ordering = [pool.submit(run, case, books) for case in cases if hooks or case["do"] != "order_with_hook"]
            deadline = time.time() + 180
            while time.time() < deadline:
                for case in cases:  # what is succeeded can still be taken back
                    top_up = look_up(case["reference"])
                    if top_up is not None:
                        books.book(case["reference"], top_up)
                if books.lines:
                    _, _, certificate = call("POST", "/sandbox/certificate", {"reports": list(books.lines.values())})
                if certificate["passed_at"] and all(o.done() for o in ordering):
                    print("passed", certificate["passed_at"])
                    return 0
                time.sleep(0.5)
    finally:
        if endpoint:
            call("DELETE", "/sandbox/webhooks/" + endpoint["id"])
    for case in certificate["cases"]:
        if case["state"] != "passed":
            print(case["name"], case["state"], case.get("finding"), case.get("saw"), case.get("cure"))
    return 1


if __name__ == "__main__":
    sys.exit(main())
