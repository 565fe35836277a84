// Takes pictures of pages and checks them: axe (A, AA, best practice), sideways overflow, targets under 24 px, console
// and policy errors. Usage:
//   node tools/shots.mjs --base http://127.0.0.1:8080 --out DIR [options] path...
//     --cookie "name=value"   sent with each request; may be repeated
//     --modes 1440-light,390-dark   some of 1440-light 1440-dark 390-light 390-dark (also 768-…, 1920-…)
//     --hover SELECTOR        hovers before the picture      --click SELECTOR   clicks before it
//     --wait MS               waits longer before it (150)   --no-axe, --viewport (not the whole page)
// Exits with 1 when something was found. CHROMIUM names another browser than Debian's.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const options = { cookie: [], modes: "1440-light,1440-dark,390-light,390-dark", wait: "150" };
const paths = [];
for (let args = process.argv.slice(2); args.length; ) {
  const arg = args.shift();
  if (!arg.startsWith("--")) paths.push(arg);
  else if (arg === "--no-axe" || arg === "--viewport") options[arg.slice(2)] = true;
  else if (arg === "--cookie") options.cookie.push(args.shift());
  else options[arg.slice(2)] = args.shift();
}
if (!options.base || !options.out || !paths.length) {
  console.error("usage: node tools/shots.mjs --base URL --out DIR [--cookie name=value] [--modes …] path...");
  process.exit(2);
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--force-color-profile=srgb"],
});
mkdirSync(options.out, { recursive: true });
let findings = 0;

function found(where, what) {
  findings++;
  console.log(`${where}: ${what}`);
}

function smallTargets() {
  return [...document.querySelectorAll("a,button,input,select,summary,textarea,[role=button]")].filter((el) => {
    const box = el.getBoundingClientRect();
    const covers = getComputedStyle(el, "::after").position === "absolute"; // a link whose ::after covers its row
    const inText = getComputedStyle(el).display === "inline";
    return box.width && box.height && (box.width < 24 || box.height < 24) && !covers && !inText
      && !el.closest(".sr-only") && !el.matches(".sr-only, .skip") && !(el.matches(".check") && el.closest("label"));
  }).map((el) => {
    const box = el.getBoundingClientRect();
    return `${el.tagName.toLowerCase()}.${el.className} “${el.textContent.trim().slice(0, 30)}” ${Math.round(box.width)}×${Math.round(box.height)}`;
  });
}

async function shoot(path, mode) {
  const [width, scheme] = mode.split("-");
  const small = +width < 500;
  const name = (path.replace(/^\/|\/$/g, "").replace(/[^a-z0-9.=-]+/gi, "_") || "root") + `-${mode}`;
  const context = await browser.newContext({
    viewport: { width: +width, height: small ? 844 : 1000 }, deviceScaleFactor: small ? 1.5 : 1, bypassCSP: false,
    colorScheme: scheme, reducedMotion: "reduce", locale: "en-US", timezoneId: "America/Mexico_City",
  });
  for (const cookie of options.cookie) {
    const at = cookie.indexOf("=");
    await context.addCookies([{ name: cookie.slice(0, at), value: cookie.slice(at + 1), url: options.base }]);
  }
  const page = await context.newPage();
  const expected = new Set();
  page.on("response", (answer) => { if (answer.request().isNavigationRequest() && answer.status() >= 400) expected.add(answer.url()); });
  page.on("console", (message) => {
    const itself = expected.has(message.location().url); // an error page is an error to the console, not to us
    if (["error", "warning"].includes(message.type()) && !itself) found(name, `console: ${message.text().slice(0, 300)}`);
  });
  page.on("pageerror", (error) => found(name, `script: ${error.message}`));
  await page.goto(new URL(path, options.base).href, { waitUntil: "load" });
  await page.evaluate(() => document.fonts.ready);
  if (options.click) await page.click(options.click);
  if (options.hover) await page.hover(options.hover);
  await page.waitForTimeout(+options.wait);

  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (over > 0) found(name, `overflows sideways by ${over} px`);
  for (const target of await page.evaluate(smallTargets)) found(name, `small target: ${target}`);
  if (!options.viewport) { // the window as high as the page, so that what is sticky or fixed stands at its edges
    const high = await page.evaluate(() => Math.max(document.querySelector("#main")?.getBoundingClientRect().bottom + scrollY || 0, document.documentElement.clientHeight));
    await page.setViewportSize({ width: +width, height: Math.ceil(high) });
    if (options.hover) await page.hover(options.hover);
    await page.waitForTimeout(100);
  }
  await page.screenshot({ path: join(options.out, name + ".png") });
  if (!options["no-axe"]) {
    const tools = await context.newCDPSession(page); // puts axe in without touching the page's policy
    await tools.send("Runtime.evaluate", { expression: axe });
    const result = await page.evaluate((tags) => axe.run(document, { runOnly: tags }), rules);
    for (const violation of result.violations) {
      for (const node of violation.nodes.slice(0, 4)) {
        const why = (node.any[0] || node.all[0] || node.none[0])?.message || "";
        found(name, `axe ${violation.id}: ${node.target.join(" ")} — ${why.slice(0, 200)}`);
      }
    }
  }
  await context.close();
}

for (const path of paths) for (const mode of options.modes.split(",")) await shoot(path, mode);
await browser.close();
console.log(findings ? `${findings} findings` : `nothing found in ${paths.length * options.modes.split(",").length} pictures`);
process.exit(findings ? 1 : 0);
