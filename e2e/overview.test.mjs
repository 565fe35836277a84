// The overview, the customers and the dashboard in real browsers: live in two of them at once, paused, by keyboard, in
// both themes and languages.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fits, makeFirstOperator, needsBrowser, newVisitor, order, passesAxe, signInMember, signInOperator, startBrowser, startSystem } from "./system.mjs";

needsBrowser("browser journeys");

let system, browser;

before(async () => {
  system = await startSystem();
  browser = await startBrowser();
  await makeFirstOperator(await newVisitor(browser, system), system);
});
after(async () => {
  await browser?.close();
  if (system) assert.equal(await system.stop(), 0, "the demo ends with 0 when it is told to stop");
});

async function operator(options) {
  const page = await newVisitor(browser, system, options);
  await signInOperator(page);
  return page;
}

async function member(options) {
  const page = await newVisitor(browser, system, options);
  await signInMember(page, system);
  return page;
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
        await fits(page, `${path} at ${width}`);
      }
      assert.deepEqual(page.complaints, []);
    }
  }
});
