// Lighthouse on the pages that people open first, the median of three runs each, beside its goal. Run by
// `make lighthouse`, which installs it; a machine's noise shows in performance alone.
import lighthouse from "lighthouse";
import { launch } from "chrome-launcher";
import { chromium } from "playwright-core";
import { chromiumPath, startSystem } from "../../e2e/system.mjs";

const goals = { accessibility: 100, "best-practices": 95, performance: 90 };
const runs = 3;
const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Signs an operator and a member in, and gives the cookies that say so. */
async function signIn(system) {
  const browser = await chromium.launch({ executablePath: chromiumPath, args: flags.slice(1) });
  const context = await browser.newContext({ baseURL: system.base, locale: "en-GB" });
  const page = await context.newPage();
  await page.goto("/admin");
  await page.getByLabel("Key of the server").fill(system.adminKey);
  await page.getByLabel("Your full name").fill("Mariana Solís");
  await page.getByLabel("Name to sign in").fill("mariana");
  await page.getByLabel("Password").fill("a password for measuring");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/admin");
  await page.goto("/dashboard");
  await page.getByLabel(/E-mail/).fill(system.email);
  await page.getByLabel(/Password/).fill(system.password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/dashboard");
  const cookies = await context.cookies();
  await browser.close();
  return cookies.map((cookie) => `${cookie.name}=${cookie.value}`).join("; ");
}

async function scoresOf(url, cookie) {
  const seen = [];
  for (let run = 0; run < runs; run++) {
    const chrome = await launch({ chromePath: chromiumPath, chromeFlags: flags });
    try {
      const result = await lighthouse(url, {
        port: chrome.port, logLevel: "error", onlyCategories: Object.keys(goals), formFactor: "desktop",
        screenEmulation: { mobile: false, width: 1440, height: 900, deviceScaleFactor: 1, disabled: false },
        throttling: { rttMs: 40, throughputKbps: 10240, cpuSlowdownMultiplier: 1 },
        extraHeaders: cookie ? { Cookie: cookie } : {},
      });
      seen.push(result.lhr);
    } finally {
      await chrome.kill();
    }
  }
  return seen;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const system = await startSystem({ topUps: 20000, latency: "6s-7s" });
let missed = 0;
try {
  const cookie = await signIn(system);
  console.log("median of three      " + Object.entries(goals).map(([name, goal]) => `${name} (≥ ${goal})`).join("  ") + "  first load");
  for (const [name, path, sent] of [["overview", "/admin", cookie], ["top-ups", "/admin/topups", cookie], ["dashboard", "/dashboard", cookie], ["sign-in", "/admin/sign-in", ""]]) {
    const seen = await scoresOf(system.base + path, sent);
    const scores = Object.keys(goals).map((category) => Math.round(100 * median(seen.map((lhr) => lhr.categories[category].score))));
    const bytes = median(seen.map((lhr) => lhr.audits["total-byte-weight"].numericValue));
    missed += Object.values(goals).filter((goal, i) => scores[i] < goal).length;
    console.log(name.padEnd(20), ...scores.map((score) => String(score).padStart(14)), `${(bytes / 1024).toFixed(0)} KB`.padStart(14));
    const failing = Object.values(seen[0].audits).filter((audit) => audit.score !== null && audit.score < 0.9 && ["binary", "numeric"].includes(audit.scoreDisplayMode));
    for (const audit of failing) console.log(`    ${audit.id}: ${audit.title}${audit.displayValue ? ` (${audit.displayValue})` : ""}`);
  }
} finally {
  await system.stop();
}
console.log(missed ? `${missed} goals missed` : "all goals met");
process.exit(missed ? 1 : 0);
