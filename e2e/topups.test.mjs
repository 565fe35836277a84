// The list of top-ups in a real browser: drawer, chips, search line, keys, palette, exports; with the keyboard alone.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { makeFirstOperator, needsBrowser, newVisitor, order, passesAxe, startBrowser, startSystem } from "./system.mjs";

needsBrowser("journeys through top-ups");

let system, browser, state;

before(async () => {
  system = await startSystem({ topUps: 1500 });
  browser = await startBrowser();
  const page = await newVisitor(browser, system);
  await makeFirstOperator(page, system);
  state = await page.context().storageState();
});
after(async () => {
  await browser?.close();
  if (system) assert.equal(await system.stop(), 0);
});

/** A browser that is signed in to the back office. */
const visitor = (options) => newVisitor(browser, system, { storageState: state, ...options });

const focused = (page, id) => page.waitForFunction((id) => document.activeElement?.id === id, id);

test("a row opens the drawer beside the list, which stays usable; its address shows both; back closes it", async () => {
  const page = await visitor();
  await page.goto("/admin/topups?status=succeeded");
  const row = page.locator("#topup-rows tbody tr").nth(4);
  const href = await row.locator("a.rowlink").getAttribute("href");
  await row.locator("td").nth(2).click(); // anywhere in the row
  await page.locator("aside#drawer").waitFor();
  assert.match(page.url(), new RegExp(`status=succeeded.*open=${href.split("/").pop()}|open=${href.split("/").pop()}.*status=succeeded`));
  assert.equal(await row.getAttribute("aria-current"), "true");
  await passesAxe(page, "the drawer");
  await page.locator("#topup-rows tbody tr").nth(6).locator("a.rowlink").click(); // the list is not blocked
  await page.waitForFunction((before) => document.querySelector("aside#drawer").dataset.topup !== before, href.split("/").pop());
  const other = await visitor();
  await other.goto(page.url());
  assert.equal(await other.locator("aside#drawer").count(), 1, "the address alone shows the drawer");
  await page.goBack();
  await page.waitForFunction((id) => document.querySelector("aside#drawer")?.dataset.topup === id, href.split("/").pop());
  await page.getByRole("link", { name: "Open as a page" }).click();
  await page.waitForURL("**" + href);
  assert.deepEqual([...page.complaints, ...other.complaints], []);
});

test("under 1280 pixels a row leads to the page of the top-up", async () => {
  const page = await visitor({ viewport: { width: 390, height: 844 } });
  await page.goto("/admin/topups");
  const link = page.locator("#topup-rows a.rowlink").first();
  const href = await link.getAttribute("href");
  await link.click();
  await page.waitForURL("**" + href);
  await page.getByRole("heading", { name: "Timeline" }).waitFor();
  assert.deepEqual(page.complaints, []);
});

test("with the keyboard alone: filter, walk the list, open, step, close, and find a customer", async () => {
  const page = await visitor();
  await page.goto("/admin/topups");
  await page.keyboard.press("/");
  await focused(page, "f-q");
  await page.keyboard.type("status:succeeded amount>=50");
  await page.keyboard.press("Enter");
  await page.waitForURL(/amount=%3E%3D50/);
  assert.equal(await page.locator("#f-q").inputValue(), "status:succeeded amount>=50");
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  const second = await page.locator("#topup-rows a.rowlink").nth(1).getAttribute("id");
  await focused(page, second);
  await page.keyboard.press("Enter");
  await focused(page, "drawer-title");
  await page.keyboard.press("j");
  await page.waitForFunction((id) => "row-" + document.querySelector("aside#drawer")?.dataset.topup !== id, second);
  await page.keyboard.press("k");
  await page.waitForFunction((id) => "row-" + document.querySelector("aside#drawer")?.dataset.topup === id, second);
  await page.keyboard.press("Escape");
  await focused(page, second);
  assert.doesNotMatch(page.url(), /open=/);
  await page.keyboard.press("Control+k");
  await page.locator("#palette[open]").waitFor();
  await page.keyboard.type("tienda");
  await page.locator('#palette-list [role="option"]', { hasText: "TiendaMóvil" }).first().waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/admin/customers/TMOVIL");
  assert.deepEqual(page.complaints, []);
});

test("a chip removes its filter, what is not understood is offered rightly, a view is kept and removed", async () => {
  const page = await visitor();
  await page.goto("/admin/topups?customer=ENVIA&status=failed");
  await page.getByRole("link", { name: "Remove the filter Status Failed" }).click();
  await page.waitForURL("**/admin/topups?customer=ENVIA");
  assert.equal(await page.locator("#f-q").inputValue(), "customer:ENVIA");
  await page.locator("summary", { hasText: "Save view" }).click();
  await page.getByLabel("Name of the view").fill("Envía");
  await page.getByRole("button", { name: "Save view" }).click();
  await page.locator('.tab[aria-current="page"]', { hasText: "Envía" }).waitFor();
  await page.getByRole("button", { name: "Remove the view Envía" }).click();
  await page.waitForURL("**/admin/topups");
  assert.equal(await page.locator(".tab", { hasText: "Envía" }).count(), 0);
  assert.deepEqual(page.complaints, []);
  await page.locator("#f-q").fill("stats:failed");
  await page.keyboard.press("Enter"); // a 422, of which the browser's console speaks
  await page.getByRole("link", { name: "status:failed" }).click();
  await page.waitForURL("**/admin/topups?status=failed");
});

test("newer top-ups wait behind a line; nothing moves by itself", async () => {
  const page = await visitor();
  await page.goto("/admin/topups?customer=ENVIA");
  const first = await page.locator("#topup-rows a.rowlink").first().getAttribute("id");
  const topUp = await order(system, { reference: "journey-newer-1" });
  const line = page.getByRole("link", { name: /newer top-up/ });
  await line.waitFor();
  assert.equal(await page.locator("#topup-rows a.rowlink").first().getAttribute("id"), first);
  await line.click();
  await page.waitForFunction((id) => document.querySelector("#topup-rows a.rowlink").id === "row-" + id, topUp.id);
  assert.deepEqual(page.complaints, []);
});

test("single keys can be switched off; the palette stays", async () => {
  const page = await visitor();
  await page.goto("/admin/topups");
  await page.keyboard.press("?");
  await page.getByRole("button", { name: "Switch single keys off" }).click();
  await page.waitForFunction(() => document.documentElement.dataset.keys === "off");
  await page.keyboard.press("/");
  assert.notEqual(await page.evaluate(() => document.activeElement.id), "f-q");
  await page.keyboard.press("Control+k");
  await page.locator("#palette[open]").waitFor();
  await page.keyboard.press("Escape");
  await page.goto("/admin/shortcuts");
  await page.getByRole("button", { name: "Switch single keys on" }).first().click();
  await page.waitForFunction(() => document.documentElement.dataset.keys === "on");
  assert.deepEqual(page.complaints, []);
});

test("a file is made in the background, and what is fetched has its SHA-256", async () => {
  const page = await visitor();
  await page.goto("/admin/exports/new?status=failed");
  await page.getByRole("button", { name: "Make the file" }).click();
  await page.waitForURL("**/admin/exports");
  const download = page.getByRole("link", { name: "Download" }).first();
  await download.waitFor();
  const file = await page.request.get(await download.getAttribute("href"));
  const hash = createHash("sha256").update(await file.body()).digest("hex");
  assert.ok((await page.locator("article").first().innerText()).includes(hash));
  await passesAxe(page, "exports");
  assert.deepEqual(page.complaints, []);
});

for (const colorScheme of ["light", "dark"]) {
  test(`list, form, palette, keys and an error pass axe in ${colorScheme}, at 1440 and 390 pixels, in both languages`, async () => {
    for (const width of [1440, 390]) {
      for (const locale of ["en-GB", "es-MX"]) {
        const page = await visitor({ colorScheme, locale, viewport: { width, height: 900 } });
        const fits = async (where) => {
          await passesAxe(page, `${where}, ${width}, ${locale}`);
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where} fits ${width} pixels`);
        };
        await page.goto("/admin/topups?date=30d&status=failed,unknown");
        await page.locator("#totals dl, dl#totals").waitFor();
        await fits("the list");
        await page.locator("summary.chip-add").click();
        await fits("the form");
        await page.keyboard.press("Escape");
        await page.keyboard.press("Control+k");
        await page.locator('#palette-list [role="option"]').first().waitFor();
        await fits("the palette");
        await page.keyboard.press("Escape");
        await page.goto("/admin/shortcuts");
        await fits("the keys");
        await page.goto("/admin/search?q=envia");
        await fits("the search");
        assert.deepEqual(page.complaints, []);
        await page.goto("/admin/topups?status=nonsense");
        await fits("an error");
        await page.context().close();
      }
    }
  });
}
