"""A client as many are written: do NOT copy it. It fails the go-live certificate.

A time-out is taken for a failure and ordered again under a new reference; refusals
are retried at once; whatever a webhook says is added to the books, as often as it
comes and in the order in which it comes.
"""

import json
import os
import sys
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BASE = os.environ["BASE_URL"].rstrip("/") + "/api/v1"
KEY = os.environ["API_KEY"]
booked = {}  # reference -> [status, total]


def call(method, path, body=None):
    request = urllib.request.Request(BASE + path, method=method, data=None if body is None else json.dumps(body).encode())
    request.add_header("Authorization", "Bearer " + KEY)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=float(os.environ.get("TIMEOUT", "5"))) as answer:
        text = answer.read()
        return json.loads(text) if text else None


def order(reference, phone, amount, tries=3):
    name = reference
    for attempt in range(tries):
        try:
            top_up = call("POST", "/topups", {"phone": phone, "amount": amount, "reference": name})
        except OSError:  # wrong: the first one may be delivered
            name = "%s-retry%d" % (reference, attempt + 1)
            continue
        status = "failed" if top_up["status"] in ("failed", "unknown") else "succeeded"  # wrong: unknown is not failed
        was = booked.get(reference, ["", 0.0])
        price = float(top_up["price"]) if status == "succeeded" else 0.0
        booked[reference] = [status, was[1] + price]  # wrong: the same top-up is added twice
        return
    booked[reference] = ["failed", 0.0]


class Hooks(BaseHTTPRequestHandler):
    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        data = event["data"]
        if event["type"].startswith("topup."):  # wrong: no signature, no webhook-id, no sequence
            reference = data["reference"].split("-retry")[0]
            was = booked.get(reference, ["", 0.0])
            booked[reference] = [data["status"], was[1] + (2.7778 if data["status"] == "succeeded" else 0.0)]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def run(case):
    if case["do"] == "order_with_hook":
        try:
            call("POST", "/topups", {"phone": case["phone"], "amount": case["amount"], "reference": case["reference"]})
        except OSError:
            pass
        return
    order(case["reference"], case["phone"], case["amount"])
    if case["do"] == "order_twice":
        order(case["reference"], case["phone"], case["amount"])
    if case["do"] == "order_changed":
        order(case["reference"], case["phone"], case["changed_amount"])


def main():
    endpoint = None
    if os.environ.get("WEBHOOKS") == "on":
        server = ThreadingHTTPServer(("127.0.0.1", 0), Hooks)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        endpoint = call("POST", "/sandbox/webhooks", {"url": "http://127.0.0.1:%d/" % server.server_address[1]})
    certificate = call("POST", "/sandbox/certificate/runs", {})
    with ThreadPoolExecutor(len(certificate["cases"])) as pool:
        list(pool.map(run, certificate["cases"]))
    deadline = time.time() + float(os.environ.get("PATIENCE", "90"))
    while time.time() < deadline:
        reports = [{"reference": r, "status": b[0], "total": "%.4f" % b[1]} for r, b in list(booked.items())]
        certificate = call("POST", "/sandbox/certificate", {"reports": reports})
        if all(case["state"] != "waiting" for case in certificate["cases"]):
            break
        time.sleep(0.5)
    if endpoint:
        call("DELETE", "/sandbox/webhooks/" + endpoint["id"])
    for case in certificate["cases"]:
        if case["state"] != "passed":
            print(case["name"], case["state"], case.get("finding"), "|", case.get("saw"), "|", case.get("cure"))
    return 0 if certificate["passed_at"] else 1


if __name__ == "__main__":
    sys.exit(main())
