// The main flows in a real browser, from the first sign-in to the ledger line.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fits, makeFirstOperator, needsBrowser, newVisitor, order, passesAxe, password, signInMember, signInOperator, startBrowser, startSystem, submit } from "./system.mjs";

needsBrowser("browser journeys");

let system, browser;

before(async () => {
  system = await startSystem();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  if (system) assert.equal(await system.stop(), 0, "the demo ends with 0 when it is told to stop");
});

const visitor = (options) => newVisitor(browser, system, options);

test("the server's key makes the first operator, who then signs in by name", async () => {
  const page = await visitor();
  await makeFirstOperator(page, system);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  const other = await visitor();
  await signInOperator(other);
  assert.deepEqual([...page.complaints, ...other.complaints], []);
});

test("a top-up ordered by a program is on the customer's open page within a second of its capture, without the fallback", async () => {
  const page = await visitor();
  await page.route("**/*", async (route) => {
    if (route.request().resourceType() !== "document") return route.continue();
    const answer = await route.fetch();
    const body = (await answer.text()).replaceAll(/,\s*every 10s/g, ""); // the fallback is switched off
    return route.fulfill({ response: answer, body });
  });
  await signInMember(page, system);
  await page.waitForFunction(() => document.querySelector('[data-live="on"]'));
  const before = await page.locator("#balance").innerText();
  const seen = page.waitForFunction((was) => document.querySelector("#balance").innerText !== was, before).then(() => Date.now());
  const topUp = await order(system, { reference: "journey-live-1" });
  assert.equal(topUp.status, "succeeded");
  const row = page.getByRole("link", { name: "55 1234 5678" }).first();
  await row.waitFor();
  await page.waitForFunction((id) => {
    const link = document.querySelector(`a[href$="${id}"]`);
    return link && /Succeeded|Exitosa/.test(link.closest("tr").innerText);
  }, topUp.id);
  const late = Date.now() - Date.parse(topUp.completed_at);
  await seen;
  assert.ok(late < 1000 + 250, `the page showed the capture after ${late} ms`); // 250 ms for the test's own round trip
  assert.deepEqual(page.complaints, []);
});

test("an operator finds the top-up, its ledger entries, and its row in the CSV of the same filter", async () => {
  const topUp = await order(system, { reference: "journey-csv-1", phone: "55 8765 4321" });
  const page = await visitor();
  await signInOperator(page);
  await page.goto("/admin/topups?reference=journey-csv-1");
  await page.getByRole("link", { name: "55 8765 4321" }).click();
  await page.waitForURL((url) => url.href.includes(topUp.id)); // a drawer beside the list
  await page.getByText("dist_transid").first().waitFor();
  const text = await page.locator("main").innerText();
  for (const part of ["Hold", "Capture", "2.7778", topUp.carrier_transaction_id, "dist_transid"]) assert.ok(text.includes(part), `the detail shows ${part}`);
  const csv = await page.request.get("/admin/topups.csv?reference=journey-csv-1");
  const lines = (await csv.text()).split("\r\n");
  assert.equal(lines.length, 3, "a header, one row, the end");
  assert.ok(lines[1].includes("journey-csv-1") && lines[1].includes("+525587654321") && lines[1].includes("succeeded"));
  assert.deepEqual(page.complaints, []);
});

test("an operator credits a customer once, however often the form is sent, and sees the entry before and after", async () => {
  const page = await visitor();
  await signInOperator(page);
  await page.goto("/admin/customers/TMOVIL/credit/new");
  await page.getByLabel("Amount").fill("12.5");
  await page.getByLabel("Reason").selectOption("COURTESY");
  await page.getByLabel("Note").fill("A journey in a browser");
  await page.getByRole("button", { name: /review/i }).click();
  await page.getByRole("heading", { name: /review/i }).first().waitFor();
  await passesAxe(page, "the review of an adjustment");
  const form = await page.locator("main form").evaluate((f) => Object.fromEntries(new FormData(f)));
  const action = await page.locator("main form").getAttribute("action");
  await page.locator("main form button[type=submit]").first().click();
  await page.waitForURL("**/TMOVIL/ledger**");
  assert.match(await page.locator("main").innerText(), /12\.5000/);
  assert.equal((await submit(page, action, form)).status(), 303);
  await page.goto("/admin/customers/TMOVIL/ledger"); // and once more by hand, as a second click would
  assert.equal((await page.locator("main").innerText()).split("A journey in a browser").length - 1, 1, "one entry");
  assert.deepEqual(page.complaints, []);
});

test("a customer's member never sees another customer's top-up", async () => {
  const page = await visitor();
  await signInOperator(page);
  await page.goto("/admin/topups?customer=RNORTE");
  const href = await page.locator("table a.rowlink").first().getAttribute("href");
  const id = href.split("/").pop();
  const member = await visitor();
  await signInMember(member, system);
  const answer = await member.request.get("/dashboard/topups/" + id);
  assert.equal(answer.status(), 404);
});

test("what no link leads to passes axe and fits its screen too: empty lists, forms, errors, sign-ins", async () => {
  const operatorPages = ["/admin/topups?status=failed", "/admin/topups?phone=5500000000", "/admin/customers/new", "/admin/customers/ENVIA/credit/new", "/admin/nowhere"];
  const memberPages = ["/dashboard/topups?status=unknown", "/dashboard/nowhere"];
  const openPages = ["/admin/sign-in", "/dashboard/sign-in", "/api/docs"];
  for (const [colorScheme, width, locale] of [["light", 1440, "en-GB"], ["dark", 390, "es-MX"]]) {
    const viewport = { width, height: 900 };
    const page = await visitor({ colorScheme, viewport });
    await signInOperator(page);
    await signInMember(page, system);
    if (locale === "es-MX") await page.context().addCookies([{ name: "lang", value: "es", url: system.base }]);
    const anonymous = await visitor({ colorScheme, viewport, locale });
    for (const [visiting, paths] of [[page, [...operatorPages, ...memberPages]], [anonymous, openPages]]) {
      for (const path of paths) {
        await visiting.goto(path);
        await passesAxe(visiting, `${path}, ${colorScheme}, ${width}`);
        await fits(visiting, `${path} at ${width}`);
      }
    }
    assert.deepEqual(anonymous.complaints, []);
  }
});

test("the three main flows work by keyboard alone", async () => {
  const page = await visitor();
  await page.goto("/admin/sign-in");
  const tabTo = async (matches) => {
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press("Tab");
      if (await page.evaluate(matches)) return;
    }
    assert.fail("the keyboard does not reach " + matches);
  };
  await page.getByLabel("Name to sign in").focus();
  await page.keyboard.type("mariana");
  await page.keyboard.press("Tab");
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/admin");
  await tabTo(() => document.activeElement.getAttribute("href") === "/admin/topups");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/admin/topups");
  await tabTo(() => document.activeElement.matches("table a.rowlink"));
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.href.includes("tu_"));
  await page.goto("/admin/customers/TMOVIL/credit/new");
  await page.getByLabel("Amount").focus();
  await page.keyboard.type("1");
  await tabTo(() => document.activeElement.name === "reason");
  await page.keyboard.press("ArrowDown");
  await tabTo(() => document.activeElement.name === "note");
  await page.keyboard.type("By keyboard");
  await tabTo(() => document.activeElement.type === "submit");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: /review/i }).first().waitFor();
});
