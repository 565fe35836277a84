// An owner makes a webhook, tries it, reads the answer and sends it again; on a desk and on a phone.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { fits, needsBrowser, newVisitor, passesAxe, signInMember, startBrowser, startSystem } from "./system.mjs";

needsBrowser("the journeys of webhooks");

let system, browser, receiver, address;
const heard = [];
let status = 500;
before(async () => {
  receiver = createServer((request, answer) => {
    let body = "";
    request.on("data", (text) => (body += text));
    request.on("end", () => {
      heard.push({ id: request.headers["webhook-id"], signature: request.headers["webhook-signature"], body });
      answer.statusCode = status;
      answer.end(status === 200 ? "thanks" : "something broke");
    });
  });
  await new Promise((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${receiver.address().port}/webhooks`;
  system = await startSystem({ topUps: 100, flags: ["--allow-private-webhooks"] });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await system?.stop();
  receiver?.close();
});

async function passes(page, where) {
  await passesAxe(page, where);
  await fits(page, where);
}

/** Loads the page again until it says something. */
async function until(page, text) {
  for (let i = 0; i < 100; i++) {
    if ((await page.locator("main").innerText()).includes(text)) return;
    await page.waitForTimeout(100);
    await page.reload();
  }
  assert.fail(`${page.url()} never says ${text}`);
}

for (const width of [1440, 390]) {
  test(`an owner makes a webhook, sends a test event, reads the try and sends it again, at ${width} px`, async () => {
    status = 500;
    heard.length = 0;
    const page = await newVisitor(browser, system, { viewport: { width, height: 900 } });
    await signInMember(page, system);
    await page.goto("/dashboard/webhooks");
    await passes(page, "the list of webhooks");
    await page.getByRole("link", { name: "Make a webhook" }).first().click();
    await page.getByLabel("Address").fill(address + "/" + width);
    await page.getByLabel("Description").fill("Journey " + width);
    await passes(page, "the form of a webhook");
    await page.getByRole("button", { name: "Make the webhook" }).click();
    const secret = (await page.locator("#webhook-secret").innerText()).trim();
    assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
    await passes(page, "the page that shows a secret");
    await page.getByRole("link", { name: "Done" }).click();
    await passes(page, "a webhook without a log");
    await page.getByRole("button", { name: "Send a test event" }).click();
    await until(page, "Answered 500");
    await passes(page, "a try that failed");
    status = 200;
    await page.getByRole("button", { name: "Send again" }).click();
    await until(page, "Answered 200");
    await passes(page, "a try that arrived");
    assert.equal(heard.length, 2);
    assert.equal(heard[0].id, heard[1].id, "sent again under the same webhook-id");
    assert.equal(heard[0].body, heard[1].body);
    assert.match(heard[0].signature, /^v1,/);
    await page.goto("/dashboard/webhooks");
    await page.getByRole("link", { name: address + "/" + width }).click();
    assert.match(await page.locator("#main tbody").innerText(), /webhook\.test[\s\S]*Delivered/);
    await passes(page, "a webhook with a log");
    assert.deepEqual(page.complaints, []);
  });
}
