// Every page that can be reached by its links, in both themes, at both widths: axe, overflow, the page's policy. A new
// page is covered as soon as something links to it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { chromiumPath, order, startBrowser, startSystem } from "./system.mjs";

if (!chromiumPath) {
  console.log("browser journeys: skipped, there is no chromium (scripts/install-chromium)");
  process.exit(process.env.CI ? 1 : 0);
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];
let system, browser;

before(async () => {
  system = await startSystem();
  browser = await startBrowser();
  for (const [phone, reference] of [["5512345678", "crawl-1"], ["5587654321", "crawl-2"]]) await order(system, { phone, reference });
});
after(async () => {
  await browser?.close();
  if (system) assert.equal(await system.stop(), 0, "the demo ends with 0 when it is told to stop");
});

/** The sort of page an address shows: ids and codes are left out, and of a query only the names. */
function sortOf(address) {
  const url = new URL(address);
  const path = url.pathname
    .replace(/tu_[0-9A-Z]{26}/g, "{top-up}")
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "{id}")
    .replace(/\/customers\/(?!new\b)[A-Z0-9_-]+/g, "/customers/{code}")
    .replace(/\/\d{4}-\d{2}(?=\/|$)/g, "/{month}")
    .replace(/\/\d+(?=\/|$)/g, "/{number}");
  return path + [...new Set(url.searchParams.keys())].sort().map((name) => "?" + name).join("");
}

// Files, and River's own pages: queue.test.mjs looks at those.
const files = /\.(csv|pdf|xlsx|json|txt|svg)$|\/(download|static|healthz|readyz|metrics|queue\/river)\b/;

/** Follows every link from where the visitor starts, one page of each sort, and looks at each. */
async function crawl(page, start, look) {
  const seen = new Map(), waiting = [start];
  while (waiting.length) {
    const address = new URL(waiting.shift(), system.base).href;
    const sort = sortOf(address);
    if (seen.has(sort)) continue;
    seen.set(sort, address);
    const answer = await page.goto(address);
    assert.ok(answer.status() < 400, `${address} answers ${answer.status()}`);
    await look(sort);
    for (const href of await page.evaluate(() => [...document.querySelectorAll("a[href]:not([download])")].map((a) => a.href))) {
      if (href.startsWith(system.base) && !href.includes("lang=") && !files.test(new URL(href).pathname)) waiting.push(href.split("#")[0]);
    }
  }
  return seen;
}

async function visitor(options) {
  const context = await browser.newContext({ baseURL: system.base, locale: "en-GB", ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && page.complaints.push(`${page.url()}: ${message.text()}`));
  page.on("pageerror", (error) => page.complaints.push(`${page.url()}: ${error}`));
  return page;
}

const password = "a password for crawling";

async function signIn(page) {
  await page.goto("/admin");
  if (page.url().includes("first-operator")) {
    await page.getByLabel("Key of the server").fill(system.adminKey);
    await page.getByLabel("Your full name").fill("Mariana Solís");
  }
  await page.getByLabel("Name to sign in").fill("mariana");
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/admin");
  await page.goto("/dashboard");
  await page.getByLabel(/E-mail/).fill(system.email);
  await page.getByLabel(/Password/).fill(system.password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/dashboard");
}

async function passes(page, where) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${where} is ${over} px too wide`);
  const tools = await page.context().newCDPSession(page); // puts axe in without touching the page's policy
  await tools.send("Runtime.evaluate", { expression: axe });
  const { violations } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), rules);
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(", ")}`), [], "axe on " + where);
  await tools.detach();
}

for (const [colorScheme, width, language] of [["light", 1440, "en"], ["dark", 390, "es"]]) {
  test(`every page that a link leads to passes axe, keeps our policy and fits: ${colorScheme}, ${width} px, ${language}`, async () => {
    const page = await visitor({ colorScheme, viewport: { width, height: 900 } });
    await signIn(page);
    await page.context().addCookies([{ name: "lang", value: language, url: system.base }]);
    const admin = await crawl(page, "/admin", (sort) => passes(page, `${sort}, ${colorScheme}, ${width}`));
    const dashboard = await crawl(page, "/dashboard", (sort) => passes(page, `${sort}, ${colorScheme}, ${width}`));
    console.log(`pages looked at (${colorScheme}, ${width}): ${admin.size} of the back office, ${dashboard.size} of the dashboard`);
    assert.ok(admin.size >= 15 && dashboard.size >= 4, `only ${admin.size} and ${dashboard.size} pages were reached`);
    assert.deepEqual(page.complaints, []);
  });
}
