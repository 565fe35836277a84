// The brakes and the hands in a real browser: pause, resume, order by hand, cancel; and River's own pages behind them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { chromiumPath, order, startBrowser, startSystem } from "./system.mjs";

if (!chromiumPath) {
  console.log("browser journeys: skipped, there is no chromium (scripts/install-chromium)");
  process.exit(process.env.CI ? 1 : 0);
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const password = "a password for journeys";
const reason = "Maintenance until 18:00";
let system, browser;

before(async () => {
  system = await startSystem({ latency: "1500ms-2000ms" });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  if (system) assert.equal(await system.stop(), 0, "the demo ends with 0 when it is told to stop");
});

async function visitor(options = {}) {
  const context = await browser.newContext({ baseURL: system.base, viewport: { width: 1440, height: 1000 }, locale: "en-GB", ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && page.complaints.push(message.text()));
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  return page;
}

async function signInOperator(page) {
  await page.goto("/admin");
  if (page.url().includes("first-operator")) {
    await page.getByLabel("Key of the server").fill(system.adminKey);
    await page.getByLabel("Your full name").fill("Mariana Solís");
  }
  await page.getByLabel("Name to sign in").fill("mariana");
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/admin");
}

async function signInMember(page) {
  await page.goto("/dashboard");
  await page.getByLabel("E-mail").fill(system.email);
  await page.getByLabel("Password").fill(system.password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/dashboard");
}

async function passesAxe(page, where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }));
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(", ")}`), [], "axe on " + where);
}

async function pauseEverything(page) {
  await page.goto("/admin/queue");
  await page.getByLabel("What").selectOption("all");
  await page.getByLabel("Reason").fill(reason);
  await page.getByRole("button", { name: "Pause sending" }).click();
  await page.getByText("All sending: paused.").waitFor();
}

async function resume(page) {
  await page.goto("/admin/queue");
  await page.getByRole("button", { name: "Resume sending" }).click();
  await page.getByText("Resumed", { exact: true }).waitFor();
  await page.getByText("All sending: paused.").waitFor({ state: "detached" });
}

async function balance() {
  const answer = await fetch(system.base + "/api/v1/balance", { headers: { Authorization: "Bearer " + system.apiKey } });
  return (await answer.json()).available;
}

test("a pause is what resellers read with their 503, and ends with one button", async () => {
  const page = await visitor();
  await signInOperator(page);
  await pauseEverything(page);
  await passesAxe(page, "the queue while it is paused");
  const refused = await order(system, { reference: "brakes-1" });
  assert.equal(refused.status, 503);
  assert.equal(refused.code, "unavailable");
  assert.ok(refused.detail.includes(reason), `resellers read ${refused.detail}`);
  for (const [path, at] of [["/admin", "overview"], ["/admin/customers/ENVIA", "customer"]]) {
    await page.goto(path);
    await page.getByText("All sending: paused.").waitFor();
    await passesAxe(page, "the paused " + at);
  }
  await resume(page);
  assert.equal((await order(system, { reference: "brakes-1" })).status, "succeeded", "an error uses up no reference");
  assert.deepEqual(page.complaints, []);
});

for (const [who, signIn, from] of [["an operator", signInOperator, "/admin/customers/ENVIA"], ["an owner", signInMember, "/dashboard"]]) {
  test(`${who} orders by hand, sees what it costs, and follows it until it is delivered`, async () => {
    const page = await visitor();
    await signIn(page);
    await page.goto(from);
    await page.getByRole("link", { name: "Order a top-up" }).click();
    await page.waitForURL("**/order");
    await page.getByRole("heading", { name: "Order a top-up" }).waitFor();
    await passesAxe(page, "the order's form");
    await page.getByLabel("Phone", { exact: true }).fill("55 1234");
    await page.getByLabel("Amount").fill("50");
    await page.getByRole("button", { name: "Review" }).click();
    await page.getByText("Digits are missing").waitFor();
    await page.getByLabel("Phone", { exact: true }).fill("55 1234 5678");
    await page.getByRole("button", { name: "Review" }).click();
    await page.getByText("One ledger entry").waitFor();
    await passesAxe(page, "the order's review");
    await page.getByRole("button", { name: "Back to edit" }).click();
    assert.equal(await page.getByLabel("Phone", { exact: true }).inputValue(), "55 1234 5678");
    await page.getByRole("button", { name: "Review" }).click();
    await page.getByRole("button", { name: "Order for 2.7778 USD" }).dblclick();
    await page.waitForURL(/topups\/tu_/);
    const address = page.url();
    await page.getByText("Succeeded").first().waitFor(); // by itself: nobody loads the page again
    assert.equal(page.url(), address);
    assert.deepEqual(page.complaints.filter((said) => !said.includes("422")), []);
  });
}

test("what waits is cancelled from its drawer, and its credit goes back", async () => {
  const page = await visitor();
  await signInOperator(page);
  const before = await balance();
  const answers = await Promise.all(Array.from({ length: 120 }, (_, i) =>
    fetch(system.base + "/api/v1/topups", {
      method: "POST",
      headers: { Authorization: "Bearer " + system.apiKey, "Content-Type": "application/json", Prefer: "respond-async" },
      body: JSON.stringify({ phone: "5512345678", amount: "50.00", reference: "brakes-many-" + i }),
    }).then((answer) => answer.json())));
  await pauseEverything(page);
  await page.goto("/admin/topups?status=queued");
  await page.getByRole("link", { name: "55 1234 5678" }).first().click();
  await page.locator("#drawer").getByRole("link", { name: "Cancel…" }).click();
  await page.getByRole("heading", { name: "Cancel this top-up?" }).waitFor();
  await passesAxe(page, "the question before cancelling");
  await page.getByRole("button", { name: "Cancel it and give back 2.7778 USD" }).click();
  await page.waitForURL(/topups\/tu_/);
  await page.getByText("2.7778 USD are available again to EnviaDespensa.").waitFor();
  await passesAxe(page, "the cancelled top-up");
  await resume(page);
  const ends = async () => {
    const all = await Promise.all(answers.map(({ id }) => fetch(system.base + "/api/v1/topups/" + id, { headers: { Authorization: "Bearer " + system.apiKey } }).then((answer) => answer.json())));
    return all.map((topUp) => topUp.status);
  };
  let states = await ends();
  for (const until = Date.now() + 60_000; states.some((state) => ["queued", "sending"].includes(state)) && Date.now() < until; ) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    states = await ends();
  }
  const failed = states.filter((state) => state === "failed").length;
  assert.equal(failed, 1, `one is cancelled: ${states}`);
  const charged = (states.length - failed) * 27778;
  assert.equal(Math.round(before * 10000) - Math.round((await balance()) * 10000), charged, "each delivered one is charged, the cancelled one is not");
  assert.deepEqual(page.complaints, []);
});

for (const [width, colorScheme] of [[1440, "light"], [390, "dark"]]) {
  test(`River's pages work under our policy at ${width} pixels, ${colorScheme}, and offer nothing to do`, async () => {
    await order(system, { reference: "job-" + width }); // so that a job has been completed
    const page = await visitor({ viewport: { width, height: 900 }, colorScheme });
    await signInOperator(page);
    await page.goto("/admin/queue");
    await page.getByRole("link", { name: "All jobs, one by one" }).click();
    await page.waitForURL("**/admin/queue/river/**");
    await page.goto("/admin/queue/river/jobs?state=completed");
    await page.getByText("topup_send").first().click();
    await page.getByText("Job Details").first().waitFor();
    for (const path of [page.url(), "/admin/queue/river/queues", "/admin/queue/river/jobs?state=completed"]) {
      await page.goto(path);
      await page.locator("#root main").first().waitFor();
      await page.getByText(/topup_send|default/).first().waitFor();
      for (const name of ["Cancel", "Delete", "Retry", "Pause", "Resume"]) {
        assert.equal(await page.getByRole("button", { name, exact: true }).count(), 0, `${name} at ${path}`);
      }
      assert.equal(await page.locator("input[type=checkbox]:visible").count(), 0, `nothing is chosen at ${path}`);
    }
    assert.match(await page.evaluate(() => getComputedStyle(document.body).fontFamily), /Geist/);
    await page.getByRole("link", { name: "Queue", exact: true }).click();
    await page.getByRole("heading", { name: "Queue", exact: true }).waitFor();
    assert.deepEqual(page.complaints, []);
  });
}
