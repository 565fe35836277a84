// A client of the API that keeps its books right, and runs the go-live certificate. Node 20 or newer, nothing else.
// Settings: BASE_URL, API_KEY (lb_test_...), WEBHOOKS=on.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const base = process.env.BASE_URL.replace(/\/$/, "") + "/api/v1";
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** One request: its status (0: no answer), its headers and its JSON. */
async function call(method, path, body) {
  try {
    const answer = await fetch(base + path, {
      method,
      headers: { Authorization: "Bearer " + process.env.API_KEY, "Content-Type": "application/json" },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(70_000),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : null };
  } catch {
    return { status: 0, headers: new Headers() }; // cut, refused, timed out: nothing is known of it
  }
}

/**
 * Orders a top-up; null: it was refused and nothing was charged. Without an answer, and after a refusal that passes, the
 * same request goes out again with the same reference: it can never be delivered or charged twice.
 */
async function order(reference, phone, amount) {
  for (let attempt = 0; attempt < 30; attempt++) {
    const { status, headers, body } = await call("POST", "/topups", { phone, amount, reference });
    if ([200, 201, 202].includes(status)) return body;
    if (status === 409) return lookUp(reference); // the reference stands for something else: a mistake of ours
    if (![0, 402, 429].includes(status) && status < 500) return null;
    await pause(Number(headers.get("Retry-After")) || Math.min(0.5 * 2 ** attempt, 20));
  }
  throw new Error("no answer about " + reference);
}

/** What stands behind a reference now; null: nothing. */
async function lookUp(reference) {
  for (;;) {
    const { status, body } = await call("GET", "/topups?reference=" + encodeURIComponent(reference));
    if (status === 200) return body.data[0] ?? null;
    await pause(1);
  }
}

/** What we booked, by reference. Setting a state twice changes nothing. */
const books = new Map();
function book(reference, topUp) {
  if (!topUp) books.set(reference, { reference, status: "failed", total: "0" }); // refused before it was accepted
  else if (["succeeded", "failed", "reversed"].includes(topUp.status)) {
    books.set(reference, { reference, status: topUp.status, total: topUp.status === "succeeded" ? topUp.price : "0" });
  }
}

/** Receives webhooks: each once, and none that is older than what we know. */
async function receiveWebhooks() {
  const seen = new Set();
  const sequences = new Map();
  let endpoint;
  const signed = (headers, body) => {
    const at = headers["webhook-timestamp"];
    if (Math.abs(Date.now() / 1000 - Number(at)) > 300) return false;
    const key = Buffer.from(endpoint.secret.replace(/^whsec_/, ""), "base64");
    const mine = Buffer.from("v1," + createHmac("sha256", key).update(`${headers["webhook-id"]}.${at}.${body}`).digest("base64"));
    return headers["webhook-signature"].split(" ").some((theirs) => theirs.length === mine.length && timingSafeEqual(mine, Buffer.from(theirs)));
  };
  const server = createServer(async (request, answer) => {
    let body = "";
    for await (const part of request) body += part;
    if (!signed(request.headers, body)) return void answer.writeHead(401).end();
    const { type, data } = JSON.parse(body);
    const id = request.headers["webhook-id"];
    if (type.startsWith("topup.") && !seen.has(id) && data.sequence > (sequences.get(data.id) ?? 0)) {
      seen.add(id);
      sequences.set(data.id, data.sequence);
      book(data.reference, await lookUp(data.reference));
    }
    answer.writeHead(204).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = (await call("POST", "/sandbox/webhooks", { url: `http://127.0.0.1:${server.address().port}/` })).body;
  return async () => {
    await call("DELETE", "/sandbox/webhooks/" + endpoint.id);
    server.close();
  };
}

/** Does what a case of the certificate asks. */
async function run(one) {
  book(one.reference, await order(one.reference, one.phone, one.amount));
  if (one.do === "order_twice") book(one.reference, await order(one.reference, one.phone, one.amount));
  if (one.do === "order_changed") book(one.reference, await order(one.reference, one.phone, one.changed_amount));
}

const stop = process.env.WEBHOOKS === "on" ? await receiveWebhooks() : null;
let certificate = (await call("POST", "/sandbox/certificate/runs", {})).body;
const cases = certificate.cases.filter((one) => stop || one.do !== "order_with_hook");
let ordering = true;
const ordered = Promise.all(cases.map(run)).finally(() => (ordering = false));
for (const deadline = Date.now() + 180_000; Date.now() < deadline && (ordering || !certificate.passed_at); await pause(0.5)) {
  for (const one of cases) { // what is succeeded can still be taken back
    const topUp = await lookUp(one.reference);
    if (topUp) book(one.reference, topUp);
  }
  if (books.size) certificate = (await call("POST", "/sandbox/certificate", { reports: [...books.values()] })).body;
}
await ordered;
await stop?.();
for (const one of certificate.cases.filter((c) => c.state !== "passed" && c.state !== "skipped")) {
  console.log(one.name, one.state, one.finding, one.saw, one.cure);
}
if (certificate.passed_at) console.log("passed", certificate.passed_at);
process.exit(certificate.passed_at ? 0 : 1);
