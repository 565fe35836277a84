// A customer's keys and members as its owner keeps them: a program's key from its making to its end, a colleague invited
// in a second browser.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { chromiumPath, order, startBrowser, startSystem } from "./system.mjs";

if (!chromiumPath) {
  console.log("the journeys of keys and members: skipped, there is no chromium (scripts/install-chromium)");
  process.exit(process.env.CI ? 1 : 0);
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let system, browser;

before(async () => {
  system = await startSystem({ topUps: 200 });
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

async function signIn(page, email = system.email, password = system.password) {
  await page.goto("/dashboard/sign-in");
  await page.locator("[name=email]").fill(email);
  await page.locator("[name=password]").fill(password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/dashboard");
}

async function passes(page, where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }));
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(", ")}`), [], "axe on " + where);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${where} is ${over} px too wide`);
}

/** Orders with a key as a program does. */
const orders = (apiKey, reference) => order({ ...system, apiKey }, { reference });

for (const [colorScheme, width] of [["light", 1440], ["dark", 390]]) {
  test(`an owner makes a key, orders with it, rotates it, ends the old one: ${colorScheme}, ${width} px`, async () => {
    const page = await visitor({ colorScheme, viewport: { width, height: 900 } });
    await signIn(page);
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "API keys" }).click();
    await page.getByRole("link", { name: "Make a key" }).click();
    await passes(page, "the form of a key");
    const name = "Journey " + width;
    await page.getByLabel("Name").fill(name);
    await page.getByRole("button", { name: "Make the key" }).click();
    const first = (await page.locator("#api-key").innerText()).trim();
    assert.match(first, /^lb_live_[A-Z2-7]{32}$/);
    await passes(page, "the page that shows a key");
    await page.reload();
    await page.waitForURL("**/dashboard/keys");
    await page.getByText("It was shown once").first().waitFor();
    assert.ok(!(await page.content()).includes(first), "loaded again, the key is gone");
    await page.goBack().catch(() => {});
    assert.ok(!(await page.content()).includes(first), "and going back does not bring it");

    const made = await orders(first, `journey-key-${width}-1`);
    assert.equal(made.status, "succeeded");
    await page.goto("/dashboard/keys");
    const row = page.locator("#keys tr", { hasText: "…" + first.slice(-4) });
    assert.match(await row.innerText(), /from\s+127\.0\.0\.1/);
    await row.getByRole("link", { name: /^Rotate/ }).click();
    await passes(page, "the question about the overlap");
    await page.getByLabel("24 hours").check();
    await page.getByRole("button", { name: "Make the new key" }).click();
    const second = (await page.locator("#api-key").innerText()).trim();
    assert.match(await page.locator("main").innerText(), /The old key, lb_live_….{4}, works until/);
    for (const [key, reference] of [[first, "2"], [second, "3"]]) {
      assert.equal((await orders(key, `journey-key-${width}-${reference}`)).status, "succeeded", "both keys order");
    }
    await page.goto("/dashboard/keys");
    assert.match(await row.innerText(), /Ends /);
    await row.getByRole("link", { name: /^End/ }).click();
    await passes(page, "the question before the end");
    await page.getByRole("button", { name: "End lb_live_" }).click();
    await page.getByText("opens nothing any more").first().waitFor();
    const refused = await orders(first, `journey-key-${width}-4`);
    assert.equal(refused.code, "unauthorized");
    assert.equal((await orders(second, `journey-key-${width}-4`)).status, "succeeded", "the refusal used up no reference");
    await passes(page, "the list with an ended key");
    await page.getByRole("link", { name: "Documentation with your key" }).click();
    assert.ok((await page.content()).includes("lb_live_…" + second.slice(-4)), "the documentation names the newest key");
    assert.deepEqual(page.complaints, []);
  });
}

test("an owner invites a colleague in a second browser, who looks and is refused what an owner may", async () => {
  const owner = await visitor();
  await signIn(owner);
  await owner.getByRole("link", { name: "Members" }).click();
  await owner.getByRole("link", { name: "Invite a member" }).click();
  await owner.getByLabel("Full name").fill("Jorge Meléndez");
  await owner.getByLabel("E-mail").fill("jorge@enviadespensa.example");
  await owner.getByRole("button", { name: "Make the invitation" }).click();
  const link = (await owner.locator("#access-link").innerText()).trim();
  await passes(owner, "the page that shows a link");
  await owner.reload();
  await owner.waitForURL("**/dashboard/members");
  assert.ok(!(await owner.content()).includes(link), "the link is shown once");

  const colleague = await visitor({ viewport: { width: 390, height: 844 } });
  await colleague.goto(link);
  await colleague.getByLabel("Password").fill("a password of Jorge's");
  await colleague.getByRole("button", { name: "Set the password" }).click();
  await colleague.waitForURL("**/dashboard");
  for (const path of ["/dashboard/keys", "/dashboard/members"]) {
    await colleague.goto(path);
    await passes(colleague, path + " for a member who is no owner");
    const tab = await colleague.locator(".tabs [aria-current=page]").boundingBox();
    assert.ok(tab.x >= 0 && tab.x + tab.width <= 390, `on a phone the tab of ${path} is in sight: ${JSON.stringify(tab)}`);
    assert.equal(await colleague.locator("main a[href$='/new']").count(), 0);
  }
  assert.deepEqual(colleague.complaints, []);
  for (const path of ["/dashboard/keys/new", "/dashboard/members/new"]) {
    assert.equal((await colleague.request.get(path)).status(), 403, path);
  }
  const csrf = (await colleague.context().cookies()).find((cookie) => cookie.name === "latcom_csrf").value;
  for (const path of ["/dashboard/keys", "/dashboard/members"]) {
    assert.equal((await colleague.request.post(path, { form: { csrf, name: "x", email: "x@x.mx", role: "owner" } })).status(), 403, path);
  }

  await owner.getByRole("link", { name: "Jorge Meléndez" }).click();
  await owner.getByRole("link", { name: "Disable…" }).click();
  await owner.getByRole("button", { name: "Disable Jorge Meléndez" }).click();
  await owner.getByText("Jorge Meléndez is disabled").first().waitFor();
  await colleague.goto("/dashboard");
  assert.match(colleague.url(), /sign-in/, "out at the next click");
  assert.deepEqual(owner.complaints, []);
});
