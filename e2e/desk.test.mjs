// The unknown desk as two operators use it: ten outcomes that nobody knows, settled in two browsers, and the books verified.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fits, makeFirstOperator, needsBrowser, newVisitor, order, passesAxe, password, signInOperator, startBrowser, startSystem, submit } from "./system.mjs";

needsBrowser("the desk's journeys");

let system, browser;

before(async () => {
  system = await startSystem({ topUps: 200, settings: { LATCOM_TIMEOUT: "2s" } }); // a fate without an answer need not take 90 s
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  if (system) assert.equal(await system.stop(), 0, "the demo ends with 0 when it is told to stop");
});

const visitor = (options) => newVisitor(browser, system, options);

async function signIn(name, options) {
  const page = await visitor(options);
  await signInOperator(page, name);
  return page;
}

async function passes(page, where) {
  await passesAxe(page, where);
  await fits(page, where);
}

// The last digits of a phone are its fate in the simulator (latcom/simulator/FATES.md); delivered is what really happened.
const fates = [
  ["990003", false], ["990005", true], ["990006", true], ["990007", false], ["990008", true],
  ["990013", false], ["990014", false], ["990019", true], ["990021", false], ["990025", false],
].map(([digits, delivered]) => ({ digits, delivered, verdict: delivered ? "delivered" : "not_delivered" }));

async function confirms(page, path, csrf, decision) {
  return submit(page, path + "/confirm", { csrf, decision, read: "yes" });
}

test("two operators: the first one invites the second", async () => {
  const page = await visitor();
  await makeFirstOperator(page, system);
  await page.goto("/admin/operators/new");
  await page.locator("[name=name]").fill("Diego Ríos");
  await page.locator("[name=sign_in_name]").fill("diego");
  await page.locator("[name=role][value=finance]").check();
  await page.getByRole("button", { name: "Make the invitation" }).click();
  const link = await page.locator("code.id").first().innerText();
  const invited = await visitor();
  await invited.goto(link);
  await invited.getByLabel("Password").fill(password);
  await invited.getByRole("button", { name: "Set the password" }).click();
  await (await signIn("diego")).close();
  assert.deepEqual([...page.complaints, ...invited.complaints], []);
});

test("ten unknowns of different kinds are settled by two operators in two browsers, never by one in two", async () => {
  for (const [i, fate] of fates.entries()) {
    const made = await order(system, { phone: "5512" + fate.digits, reference: "desk-" + fate.digits, amount: "50.00" });
    assert.equal(made.status, "unknown", `the fate ${fate.digits} ends as unknown: ${JSON.stringify(made)}`);
    fate.id = made.id;
    const good = await order(system, { phone: "5512990012", reference: "desk-good-" + i, amount: "20.00" }); // keeps the breaker closed
    assert.equal(good.status, "succeeded");
  }
  const proposer = await signIn("diego");
  const proposersOther = await signIn("diego", { viewport: { width: 390, height: 844 } });
  const confirmer = await signIn("mariana", { colorScheme: "dark" });
  for (const [i, fate] of fates.slice(0, 8).entries()) {
    const path = "/admin/unknown/" + fate.id;
    await proposer.goto(path);
    await proposer.locator(`input[value=${fate.verdict}]`).check();
    const preview = proposer.locator(`[data-effect=${fate.verdict}]`);
    await preview.waitFor();
    assert.match(await preview.innerText(), fate.delivered ? /Capture 2\.7778/ : /Release 2\.7778/);
    assert.ok(!(await proposer.locator(`[data-effect=${fate.delivered ? "not_delivered" : "delivered"}]`).isVisible()), "one effect at a time");
    if (i === 0) await passes(proposer, "a case with a decision in the form");
    await proposer.getByLabel("Reason").selectOption("STATEMENT");
    await proposer.getByLabel("Note").fill("Statement of today, line " + (i + 1));
    await proposer.getByRole("button", { name: "Ask for confirmation" }).click();
    await proposer.getByText("You proposed this.").waitFor();
    assert.equal(await proposer.getByRole("button", { name: /^Confirm and/ }).count(), 0);

    await confirmer.goto(path);
    const decision = await confirmer.locator("#confirm [name=decision]").inputValue();
    await proposersOther.goto(path);
    const csrf = await proposersOther.locator("[name=csrf]").first().inputValue();
    const refused = await confirms(proposersOther, path, csrf, decision);
    assert.equal(refused.status(), 403);
    assert.match(/You proposed this: [^<]*/.exec(await refused.text())?.[0] ?? "", /You proposed this: another operator confirms it, whichever browser you use\. Nothing has moved\./);

    assert.match(await confirmer.locator("#decision caption").innerText(), fate.delivered ? /Capture 2\.7778/ : /Release 2\.7778/);
    if (i === 0) await passes(confirmer, "a confirmation");
    if (i === 0) await passes(proposersOther, "a case on a phone");
    await confirmer.getByLabel("I read the evidence and come to the same result").check();
    await confirmer.getByRole("button", { name: fate.delivered ? /^Confirm and capture 2\.7778/ : /^Confirm and release 2\.7778/ }).click();
    await confirmer.waitForURL("**/admin/unknown");
  }

  const listed = fates.slice(8);
  await proposer.goto("/admin/unknown/lists/new");
  await passes(proposer, "the form for a list");
  const file = ["id,verdict,note", ...listed.map((fate, i) => `${fate.id},${fate.verdict},line ${i + 9}`)].join("\n");
  await proposer.locator("input[type=file]").setInputFiles({ name: "statement.csv", mimeType: "text/csv", buffer: Buffer.from(file) });
  await proposer.getByRole("button", { name: "Review the list" }).click();
  await proposer.getByRole("button", { name: "Propose 2 decisions" }).waitFor();
  await passes(proposer, "the dry run of a list");
  await proposer.getByRole("button", { name: "Propose 2 decisions" }).click();
  await proposer.getByText("You proposed this.").waitFor();
  await confirmer.goto(new URL(proposer.url()).pathname);
  await passes(confirmer, "a list to confirm");
  await confirmer.getByLabel("I compared the list with its source and come to the same result").check();
  await confirmer.getByRole("button", { name: /^Confirm all 2: release 5\.5556/ }).click();
  await confirmer.getByText("Nothing of it waits any more.").waitFor();

  for (const fate of fates) {
    const answer = await fetch(`${system.base}/api/v1/topups/${fate.id}`, { headers: { Authorization: "Bearer " + system.apiKey } });
    assert.equal((await answer.json()).status, fate.delivered ? "succeeded" : "failed", `the fate ${fate.digits}`);
  }
  for (const page of [proposer, proposersOther, confirmer]) assert.deepEqual(page.complaints, []);
});

test("the books are proven afterwards", () => {
  const { status, stdout, stderr } = system.verify();
  assert.equal(status, 0, stdout + stderr);
});
