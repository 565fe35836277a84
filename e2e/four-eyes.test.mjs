// Four eyes on terms and credit: what one operator asks for in one browser, another approves in a second one; and the
// credit of many customers from a file, from its dry run to the books.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fits, makeFirstOperator, needsBrowser, newVisitor, passesAxe, password, signInOperator, startBrowser, startSystem, submit } from "./system.mjs";

needsBrowser("the journeys of four eyes");

let system, browser, diego, mariana;

before(async () => {
  system = await startSystem({ topUps: 200 });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  if (system) assert.equal(await system.stop(), 0, "the demo ends with 0 when it is told to stop");
});

async function passes(page, where) {
  await passesAxe(page, where);
  await fits(page, where);
}

test("the first operator invites the second; each has a browser of his own", async () => {
  mariana = await newVisitor(browser, system, { colorScheme: "dark" });
  await makeFirstOperator(mariana, system);
  await mariana.goto("/admin/operators/new");
  await mariana.locator("[name=name]").fill("Diego Ríos");
  await mariana.locator("[name=sign_in_name]").fill("diego");
  await mariana.locator("[name=role][value=finance]").check();
  await mariana.getByRole("button", { name: "Make the invitation" }).click();
  const link = await mariana.locator("code.id").first().innerText();
  const invited = await newVisitor(browser, system);
  await invited.goto(link);
  await invited.getByLabel("Password").fill(password);
  await invited.getByRole("button", { name: "Set the password" }).click();
  diego = await newVisitor(browser, system);
  await signInOperator(diego, "diego");
});

/** Diego fills in the form of a term, reviews it and asks for it. */
async function asks(path, after, figure) {
  await diego.goto(path);
  await diego.locator("[name=after]").fill(after);
  await diego.locator("[name=note]").fill("as agreed on the phone");
  await diego.getByRole("button", { name: "Review" }).click();
  await diego.getByText("A second operator approves this").waitFor();
  assert.ok((await diego.locator("main").innerText()).replaceAll("\u00a0", " ").includes(figure), `the review of ${path} says ${figure}`);
  await passes(diego, "the review of " + path);
  await diego.getByRole("button", { name: "Ask for approval" }).click();
  await diego.waitForURL((url) => url.pathname !== path + "/review");
}

/** Mariana finds what waits among the approvals and approves it; Diego cannot. */
async function approves(what, button) {
  await mariana.goto("/admin/approvals");
  const row = mariana.locator("tr", { hasText: what }).first();
  const path = await row.locator("a").first().getAttribute("href");
  await diego.goto(path);
  assert.equal(await diego.locator("[value=approve]").count(), 0, "nobody approves his own request");
  const csrf = await diego.locator("[name=csrf]").first().inputValue();
  assert.equal((await submit(diego, path, { csrf, decision: "approve" })).status(), 403, "nor by sending the form all the same");
  await mariana.goto(path);
  await passes(mariana, what);
  await mariana.getByRole("button", { name: button }).click();
  await mariana.waitForURL("**/admin/approvals");
  return path;
}

test("a rate that goes far waits, and is in force once another operator approves it", async () => {
  await asks("/admin/pricing/rate", "20", "20.00");
  await mariana.goto("/admin/pricing");
  assert.doesNotMatch(await mariana.locator("main section").first().innerText(), /20\.0000/, "nothing changes before");
  await approves("Exchange rate", /^Approve 18.*20/);
  await diego.goto("/admin/pricing");
  assert.match(await diego.locator("main section").first().innerText(), /20\.0000/);
  const quote = await fetch(system.base + "/api/v1/quote?amount=50", { headers: { Authorization: "Bearer " + system.apiKey } });
  assert.equal(Number((await quote.json()).exchange_rate), 20, "and the next order has it");
});

test("a customer's credit limit and discount wait, and are in force once another operator approves them", async () => {
  const limits = "/admin/customers/RNORTE/limits";
  await asks(limits + "/credit-limit", "5,000", "5,000.00");
  await approves("Credit limit", /^Approve .*5,000/);
  await asks(limits + "/discount", "9", "9 %");
  await approves("Discount", /^Approve .*9/);
  await diego.goto(limits);
  const said = await diego.locator("main").innerText();
  assert.match(said, /5,000\.00/);
  assert.match(said, /9\s%/);
  assert.match(await diego.locator("#panel-history").innerText(), /Mariana Solís/);
});

const available = async (page, code) => {
  await page.goto(`/admin/customers/${code}/ledger`);
  return page.locator("tbody tr").first().innerText();
};

test("a file credits many: its dry run shows what is wrong, then it is posted once", async () => {
  await diego.goto("/admin");
  await diego.getByRole("link", { name: "Credit", exact: true }).first().click();
  await diego.getByRole("link", { name: "Adjust many" }).click();
  await diego.getByRole("heading", { name: "Adjust many customers" }).waitFor();
  await passes(diego, "the form for many adjustments");
  const send = async (page, lines) => {
    await page.goto("/admin/credit/many");
    const buffer = Buffer.from("customer;amount;reason;note\r\n" + lines.join("\r\n") + "\r\n");
    await page.locator("input[type=file]").setInputFiles({ name: "march.csv", mimeType: "text/csv", buffer });
    await page.getByRole("button", { name: "Review the list" }).click();
    await page.getByRole("heading", { name: "Review the list" }).waitFor();
  };
  await send(diego, ["ENVIA;100;DEPOSIT;SPEI 1", "NOBODY;-1;FEE;x"]);
  await passes(diego, "a dry run with an error");
  assert.match(await diego.locator("#list-wrong").innerText(), /^1 line cannot be posted/);
  assert.equal(await diego.getByRole("button", { name: /^Post/ }).count(), 0);
  await diego.getByRole("button", { name: "Back to edit" }).click();
  assert.match(await diego.locator("[name=text]").inputValue(), /NOBODY/);

  const lines = ["ENVIA;100;DEPOSIT;SPEI 1", "RNORTE;-12.5;FEE;fee of March"];
  await send(mariana, lines); // both have the same file
  await send(diego, lines);
  await passes(diego, "a dry run");
  await diego.getByRole("button", { name: /^Post 2 lines: \+100\.00 −12\.50/ }).click();
  await diego.getByText("It was done at once").waitFor();
  await passes(diego, "a list that was posted");
  await mariana.getByRole("button", { name: /^Post 2 lines/ }).click();
  await mariana.locator("#list-sent").waitFor();
  assert.match(await mariana.locator("#list-sent").innerText(), /These lines were sent before, by Diego Ríos/);
  await passes(mariana, "a list that another one sent");
  assert.match(await available(diego, "RNORTE"), /12\.5000/);

  await send(diego, ["ENVIA;995;DEPOSIT;SPEI 2", "RNORTE;-6;FEE;fee of April"]); // 1,001 USD together
  await diego.getByRole("button", { name: "Ask for approval of 2 lines" }).click();
  await diego.getByRole("heading", { name: "List of 2 adjustments" }).waitFor();
  const path = await approves("List of 2 adjustments", /^Approve \+995\.00 −6\.00/);
  await mariana.goto(path);
  assert.match(await mariana.locator("main").innerText(), /Mariana Solís approved it/);
  await mariana.goto("/admin/credit?operator=&reason=DEPOSIT&customer=envia");
  assert.match(await mariana.locator("tbody tr").first().innerText(), /in the list march\.csv[\s\S]*Posted[\s\S]*\+995\.0000/);
  await passes(mariana, "the history of credit");
  const verified = system.verify();
  assert.equal(verified.status, 0, "the books are proven: " + verified.stdout + verified.stderr);
  assert.deepEqual([...diego.complaints, ...mariana.complaints].filter((text) => !/40[39]/.test(text)), []);
});
