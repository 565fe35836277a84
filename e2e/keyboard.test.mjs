// The main flows of the back office by keyboard alone, to their end: nothing here clicks, fills a field from outside, or
// goes to an address that no link leads to.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromiumPath, startBrowser, startSystem } from "./system.mjs";

if (!chromiumPath) {
  console.log("the flows by keyboard: skipped, there is no chromium (scripts/install-chromium)");
  process.exit(process.env.CI ? 1 : 0);
}

const password = "a password for keyboards";
let system, browser;

before(async () => {
  system = await startSystem();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  if (system) assert.equal(await system.stop(), 0, "the demo ends with 0 when it is told to stop");
});

async function visitor() {
  const context = await browser.newContext({ baseURL: system.base, viewport: { width: 1440, height: 1000 }, locale: "en-GB" });
  return context.newPage();
}

/** Tabs on until the focus is on what matches; a person sees where the focus is. */
async function tabTo(page, matches) {
  for (let i = 0; i < 150; i++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((selector) => document.activeElement.matches(selector), matches)) {
      const seen = await page.evaluate(() => {
        const at = document.activeElement, box = at.getBoundingClientRect();
        const drawn = (style) => style.outlineStyle !== "none" || style.boxShadow !== "none";
        const around = [at, at.closest("label")].filter(Boolean); // a choice is drawn around its words
        return box.width > 0 && box.height > 0 && (around.some((el) => drawn(getComputedStyle(el))) || drawn(getComputedStyle(at, "::after")));
      });
      assert.ok(seen, `the focus on ${matches} is seen`);
      return;
    }
  }
  assert.fail("the keyboard does not reach " + matches);
}

async function types(page, field, text) {
  await tabTo(page, field);
  await page.keyboard.type(text);
}

async function follow(page, link) {
  await tabTo(page, link);
  const there = page.waitForEvent("domcontentloaded");
  await page.keyboard.press("Enter");
  await there;
}

async function sends(page, button) {
  await tabTo(page, button);
  const there = page.waitForEvent("domcontentloaded");
  await page.keyboard.press("Enter");
  await there;
}

async function signIn(name) {
  const page = await visitor();
  await page.goto("/admin/sign-in");
  await page.locator("[name=name]").focus();
  await page.keyboard.type(name);
  await types(page, "[name=password]", password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/admin");
  return page;
}

test("two operators come in by keyboard: the first makes the second", async () => {
  const page = await visitor();
  await page.goto("/admin");
  await page.locator("[name=key]").focus();
  await page.keyboard.type(system.adminKey);
  for (const [field, text] of [["name", "Mariana Solís"], ["sign_in_name", "mariana"], ["password", password]]) await types(page, `[name=${field}]`, text);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/admin");
  await follow(page, "a[href='/admin/operators']");
  await follow(page, "a[href='/admin/operators/new']");
  await page.locator("[name=name]:focus").waitFor(); // it begins where one types
  await page.keyboard.type("Diego Ríos");
  await types(page, "[name=sign_in_name]", "diego");
  await tabTo(page, "[name=role]");
  await page.keyboard.press("ArrowUp"); // from the first choice to the last: admin
  await sends(page, "main form button[type=submit]");
  const link = await page.locator("#access-link").innerText();
  const invited = await visitor();
  await invited.goto(link);
  await invited.locator("[name=password]").focus();
  await invited.keyboard.type(password);
  await invited.keyboard.press("Enter");
  await invited.waitForURL("**/admin");
});

test("by keyboard: an adjustment above the limit is asked for by one operator and approved by another", async () => {
  const asks = await signIn("diego"); // whom mariana made: he could not approve what she asks for;
  await follow(asks, "a[href='/admin/customers']");
  await follow(asks, "main a[href^='/admin/customers/']:not([href*='/new']):not([href*='?'])");
  await follow(asks, "a[href$='/credit/new']");
  const customer = asks.url().split("/").at(-3);
  if (!(await asks.evaluate(() => document.activeElement.name === "amount"))) await tabTo(asks, "[name=amount]");
  await asks.keyboard.type("2500");
  await tabTo(asks, "[name=reason]");
  await asks.keyboard.press("ArrowDown");
  await types(asks, "[name=note]", "By keyboard alone");
  await sends(asks, "main form button.btn-primary");
  await sends(asks, "main form button.btn-primary");

  const decides = await signIn("mariana");
  await follow(decides, "a[href='/admin/approvals']");
  await follow(decides, "main a.rowlink");
  assert.match(await decides.locator("main").innerText(), /By keyboard alone/);
  if (await decides.locator("[name=read]").count()) {
    await tabTo(decides, "[name=read]");
    await decides.keyboard.press("Space");
  }
  await sends(decides, "button[value=approve]");
  await decides.goto(`/admin/customers/${customer}/ledger`);
  assert.match(await decides.locator("main").innerText(), /By keyboard alone/);
});

test("by keyboard: an unknown is settled by two operators", async () => {
  const proposes = await signIn("diego");
  await follow(proposes, "a[href='/admin/unknown']");
  if (!/\/unknown\/[^/]+$/.test(proposes.url())) await follow(proposes, "main a[href^='/admin/unknown/tu_']");
  const place = new URL(await proposes.locator("#decision form").first().getAttribute("action"), system.base).pathname;
  await tabTo(proposes, "[name=verdict]");
  await proposes.keyboard.press("Space");
  await tabTo(proposes, "[name=reason]");
  await proposes.keyboard.press("ArrowDown");
  await types(proposes, "[name=note]", "The statement of today, line 12");
  await sends(proposes, "#decision button.btn-primary");
  await proposes.getByText("You proposed this.").waitFor();

  const confirms = await signIn("mariana");
  await follow(confirms, "a[href='/admin/unknown']");
  for (let i = 0; i < 20 && new URL(confirms.url()).pathname !== place; i++) await follow(confirms, `main a[href^='${place}']`);
  await tabTo(confirms, "[name=read]");
  await confirms.keyboard.press("Space");
  await sends(confirms, "#decision button.btn-primary");
  await confirms.goto(place.replace("/admin/unknown/", "/admin/topups/"));
  assert.doesNotMatch(await confirms.locator("main").innerText(), /Nobody knows yet/);
  assert.match(await confirms.locator("main").innerText(), /The statement of today, line 12|Succeeded|Failed/);
});
