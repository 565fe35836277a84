// Takes the pictures of docs/screenshots that the README shows, from the demo with its sample data.
//   make screenshots
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { makeFirstOperator, newVisitor, order, signInMember, startBrowser, startSystem } from "../e2e/system.mjs";

const folder = fileURLToPath(new URL("../docs/screenshots", import.meta.url));
const wide = { width: 1440, height: 1000 }, small = { width: 390, height: 844 };

/** name, address, what else: a picture is light and wide unless it says otherwise */
const pictures = [
  ["overview", "/admin"],
  ["overview-dark", "/admin", { colorScheme: "dark" }],
  ["overview-small", "/admin", { viewport: small, colorScheme: "dark" }],
  ["top-ups", "/admin/topups?date=7d"],
  ["top-up", "{unknown}"],
  ["unknown-desk", "/admin/unknown"],
  ["customer", "/admin/customers/ENVIA"],
  ["ledger-dark", "/admin/customers/ENVIA/ledger", { colorScheme: "dark" }],
  ["float", "/admin/float"],
  ["pricing", "/admin/pricing"],
  ["books", "/admin/books"],
  ["dashboard", "/dashboard"],
  ["dashboard-dark", "/dashboard", { colorScheme: "dark" }],
  ["dashboard-small", "/dashboard", { viewport: small, locale: "es-MX" }],
];

const system = await startSystem({ topUps: 20000 });
const browser = await startBrowser();
try {
  const first = await newVisitor(browser, system);
  await makeFirstOperator(first, system);
  await signInMember(first, system);
  const storageState = await first.context().storageState();
  for (const n of [1, 2, 3]) await order(system, { reference: `ED-2026-${n}`, phone: `551234567${n}` });
  await first.goto("/admin/unknown");
  const unknown = await first.locator('main a[href^="/admin/unknown/tu_"], main a[href^="/admin/topups/"]').first().getAttribute("href");
  mkdirSync(folder, { recursive: true });
  for (const [name, address, options] of pictures) {
    const page = await newVisitor(browser, system, { viewport: wide, timezoneId: "America/Mexico_City", reducedMotion: "reduce", storageState, ...options });
    await page.goto(address === "{unknown}" ? unknown : address);
    await page.evaluate(() => document.fonts.ready);
    await page.waitForTimeout(600); // the sums of a list come after it
    await page.screenshot({ path: join(folder, name + ".png") });
    await page.context().close();
  }
  console.log(`${pictures.length} pictures in docs/screenshots`);
} finally {
  await browser.close();
  await system.stop();
}
