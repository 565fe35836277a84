// The overview, the customers and the dashboard in real browsers: live in two of them at once, paused, by keyboard, in
// both themes and languages.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { chromiumPath, order, startBrowser, startSystem } from "./system.mjs";

if (!chromiumPath) {
  console.log("browser journeys: skipped, there is no chromium (scripts/install-chromium)");
  if (process.env.CI) process.exit(1);
  process.exit(0);
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const password = "a password for journeys";
let system, browser;

before(async () => {
  system = await startSystem();
  browser = await startBrowser();
  const page = await visitor();
  await page.goto("/admin");
  await page.getByLabel("Key of the server").fill(system.adminKey);
  await page.getByLabel("Your full name").fill("Mariana Solís");
  await page.getByLabel("Name to sign in").fill("mariana");
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/admin");
});
after(async () => {
  await browser?.close();
  if (system) assert.equal(await system.stop(), 0, "the demo ends with 0 when it is told to stop");
});

/** A browser of somebody's own. What the page's policy or scripts complain about fails the journey. */
async function visitor(options = {}) {
  const context = await browser.newContext({ baseURL: system.base, viewport: { width: 1440, height: 1000 }, locale: "en-GB", ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && page.complaints.push(message.text()));
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  return page;
}

async function operator(options) {
  const page = await visitor(options);
  await page.goto("/admin");
  await page.getByLabel(/Name to sign in|Nombre de usuario/).fill("mariana");
  await page.getByLabel(/Password|Contraseña/).fill(password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/admin");
  return page;
}

async function member(options) {
  const page = await visitor(options);
  await page.goto("/dashboard");
  await page.getByLabel(/E-mail|Correo/).fill(system.email);
  await page.getByLabel(/Password|Contraseña/).fill(system.password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/dashboard");
  return page;
}

async function passesAxe(page, where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }));
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(", ")}`), [], "axe on " + where);
}

const live = (page) => page.waitForFunction(() => document.querySelector('[data-live="on"]'));
const topUps = (page) => page.locator("#overview-bands .figures").first().locator("p").nth(1);
const countOf = async (page) => Number((await topUps(page).innerText()).replaceAll(",", ""));

/** Takes the fallback out of a page: what moves it then is the stream. */
async function withoutFallback(page) {
  await page.route("**/*", async (route) => {
    if (route.request().resourceType() !== "document") return route.continue();
    const answer = await route.fetch();
    return route.fulfill({ response: answer, body: (await answer.text()).replaceAll(/,\s*every \d+s/g, "") });
  });
}

test("one top-up moves the overview in two browsers and the customer's dashboard, by the stream alone", async () => {
  const [first, second, customer] = await Promise.all([operator(), operator({ viewport: { width: 390, height: 844 } }), member()]);
  for (const page of [first, second, customer]) {
    await withoutFallback(page);
    await page.reload();
    await live(page);
  }
  const before = await countOf(first);
  assert.equal(await countOf(second), before);
  const own = await customer.locator("#today").innerText();
  const topUp = await order(system, { reference: "overview-live-1" });
  assert.equal(topUp.status, "succeeded");
  for (const page of [first, second]) {
    await page.waitForFunction((n) => document.querySelector("#overview-bands .figures p:nth-child(2)").innerText.replaceAll(",", "") === String(n), before + 1);
    assert.deepEqual(page.complaints, []);
  }
  await customer.waitForFunction((was) => document.querySelector("#today").innerText !== was, own);
  assert.deepEqual(customer.complaints, []);
});

test("a paused overview stands still, counts what is newer, and catches up when it is resumed, by keyboard alone", async () => {
  const page = await operator();
  await live(page);
  const before = await countOf(page);
  for (let i = 0; i < 60 && !(await page.evaluate(() => document.activeElement.matches("[data-live-pause]"))); i++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector('[data-live="paused"]'));
  await order(system, { reference: "overview-paused-1" });
  await page.waitForFunction(() => /[1-9]\d* newer/.test(document.querySelector("[data-live-newer]").textContent));
  assert.equal(await countOf(page), before, "nothing moves while it is paused");
  assert.ok(await page.evaluate(() => document.activeElement.matches("[data-live-resume]")), "the focus went to Resume");
  await page.keyboard.press("Enter");
  await page.waitForFunction((n) => document.querySelector("#overview-bands .figures p:nth-child(2)").innerText.replaceAll(",", "") === String(n), before + 1);
  assert.match(await page.locator("[data-live-fresh]").first().innerText(), /\d+\s+s ago/, "it says when it was last fresh");
  assert.deepEqual(page.complaints, []);
});

test("each hour of a chart is reached by keyboard, says its figures, and stays under the focus while the page goes on", async () => {
  const page = await operator();
  await live(page);
  const hour = page.locator("#panel-volume .hit").last();
  await hour.focus();
  const label = await hour.getAttribute("aria-label");
  assert.match(label, /^\d\d:00–\d\d:00: [\d,]+/);
  assert.equal(await hour.locator(".tip").evaluate((tip) => getComputedStyle(tip).visibility), "visible");
  const rows = await page.locator("#panel-volume table tbody tr").count();
  assert.equal(rows, await page.locator("#panel-volume .hit").count(), "the table behind the chart has a row for each hour");
  await order(system, { reference: "overview-focus-1" });
  const refused = await page.evaluate(() => new Promise((resolve) => {
    document.addEventListener("htmx:beforeRequest", (event) => event.target.id === "overview-charts" && resolve(event.defaultPrevented));
    window.htmx.trigger(document.querySelector("#overview-charts"), "sse:change");
  }));
  assert.ok(refused, "the charts are not read again while somebody is in one of them");
  assert.ok(await page.evaluate(() => document.activeElement.matches(".hit")), "the hour was not taken from under the focus");
  assert.deepEqual(page.complaints, []);
});

test("a link in a part that reads itself again keeps the focus", async () => {
  const page = await operator();
  await live(page);
  await page.locator("#panel-runways a", { hasText: "EnviaDespensa" }).focus();
  await page.evaluate(() => document.querySelector("#overview-needs").setAttribute("data-before", ""));
  await order(system, { reference: "overview-focus-2" });
  await page.waitForFunction(() => !document.querySelector("#overview-needs").hasAttribute("data-before"));
  await page.waitForFunction(() => /EnviaDespensa/.test(document.activeElement.textContent));
  assert.deepEqual(page.complaints, []);
});

test("customers are searched, sorted and narrowed by level, and the address says how", async () => {
  const page = await operator();
  await page.goto("/admin/customers");
  await page.getByRole("link", { name: "Lasts for" }).click();
  await page.waitForURL("**/admin/customers?sort=runway");
  const names = await page.locator("#customers .rowlink").allInnerTexts();
  assert.deepEqual([...names].sort(), ["EnviaDespensa", "Recargas del Norte", "TiendaMóvil"]);
  await page.keyboard.press("/");
  await page.keyboard.type("norte");
  await page.waitForFunction(() => document.querySelectorAll("#customers .rowlink").length === 1);
  await page.waitForURL("**/admin/customers?**q=norte**");
  await page.getByRole("link", { name: /^Low/ }).click();
  await page.waitForURL("**level=low**");
  assert.match(page.url(), /q=norte/);
  await page.goto("/admin/customers/ENVIA");
  assert.match(await page.locator("#customer-account").innerText(), /Lasts for/);
  assert.deepEqual(page.complaints, []);
});

test("the pages of this journey pass axe and fit their screens, in both themes and languages", async () => {
  const office = ["/admin", "/admin?compare=week", "/admin/customers?sort=-today", "/admin/customers?q=nobody", "/admin/customers?level=good", "/admin/customers/ENVIA", "/admin/customers/ENVIA/topups", "/admin/customers/RNORTE/credit"];
  const own = ["/dashboard"];
  for (const [colorScheme, width, locale] of [["light", 390, "en-GB"], ["dark", 1440, "es-MX"]]) {
    const options = { colorScheme, viewport: { width, height: 900 }, locale };
    for (const [page, paths] of [[await operator(options), office], [await member(options), own]]) {
      for (const path of paths) {
        await page.goto(path);
        await passesAxe(page, `${path}, ${colorScheme}, ${width}`);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(over <= 0, `${path} is ${over} px too wide at ${width}`);
      }
      assert.deepEqual(page.complaints, []);
    }
  }
});
