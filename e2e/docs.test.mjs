// What an integrator does on the documentation page, in both languages.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fits, needsBrowser, newVisitor, passesAxe, startBrowser, startSystem } from "./system.mjs";

needsBrowser("the documentation");

let system, browser;

before(async () => {
  system = await startSystem({ topUps: 50 });
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await system?.stop();
});

for (const [locale, width, scheme, titles] of [
  ["en-GB", 1440, "light", ["Quick start", "Ordering once, and retrying", "Limits", "Try it", "What we promise", "Changes"]],
  ["es-MX", 390, "dark", ["Primeros pasos", "Pedir una sola vez y reintentar", "Límites", "Pruébalo", "Lo que prometemos", "Cambios"]],
]) {
  test(`a program's first order is tried on the page with a sandbox key, never with a live one: ${locale}`, async () => {
    const page = await newVisitor(browser, system, { locale, viewport: { width, height: 1000 }, colorScheme: scheme });
    await page.goto("/api/docs");
    const headings = await page.locator("main h2").allInnerTexts();
    for (const title of titles) assert.ok(headings.includes(title), `${title} is not among ${headings.join(", ")}`);
    for (const link of await page.locator("nav a[href^='#']").all()) {
      const target = await link.getAttribute("href");
      assert.equal(await page.locator(target).count(), 1, `${target} leads nowhere`);
    }

    const form = page.locator("#try-it"), answer = page.locator("#try-answer");
    await form.locator("[name=key]").fill(system.apiKey);
    await form.locator("button[type=submit]").click();
    await answer.filter({ hasText: "lb_test_" }).waitFor();

    await form.locator("[name=key]").fill(system.testKey);
    await form.locator("button[type=submit]").click();
    await answer.filter({ hasText: /^201[^]*"status": "succeeded"/ }).waitFor();
    await form.locator("button[type=submit]").click();
    await answer.filter({ hasText: /^200[^]*idempotent-replayed: true/ }).waitFor();

    await passesAxe(page, `the documentation in ${locale}`);
    await fits(page, `the documentation at ${width}`);
    assert.deepEqual(page.complaints, []);
  });
}
