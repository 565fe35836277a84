// Starts what the journeys run against: the real program as `make run` starts it, and Debian's Chromium. And what every
// journey does: open a browser, sign in, look with axe.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Builds the program and starts its demo; the answer says where everything is. */
export async function startSystem({ topUps = 1500, latency = "300ms-500ms", settings = {}, flags = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "latcom-billing-e2e-"));
  chmodSync(folder, 0o755); // the database's own user has to pass through
  const binary = join(folder, "latcom-billing");
  const built = spawnSync("go", ["build", "-buildvcs=false", "-o", binary, "./cmd/latcom-billing"], { cwd: root, stdio: "inherit" });
  if (built.status !== 0) throw new Error("the program does not build");
  const env = { ...process.env, PORT: "0", LATCOM_BILLING_POSTGRES: "", ...settings };
  delete env.DATABASE_URL;
  const child = spawn(binary, ["demo", "--data-dir", join(folder, "data"), "--top-ups", String(topUps), "--latency", latency, ...flags], { cwd: root, env });
  let said = "";
  child.stdout.on("data", (text) => (said += text));
  child.stderr.on("data", (text) => (said += text));
  const ended = new Promise((resolve) => child.on("exit", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    const code = await ended;
    rmSync(folder, { recursive: true, force: true });
    return code;
  };
  const find = (pattern) => pattern.exec(said)?.[1];
  const deadline = Date.now() + 120_000;
  while (!find(/Data and keys are in (\S+)/)) {
    if (Date.now() > deadline || child.exitCode !== null) throw new Error("the demo did not start:\n" + said);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    stop,
    /** What `verify` says of the books, and its exit code. */
    verify: () => spawnSync(binary, ["verify"], { cwd: root, encoding: "utf8", env: { ...env, DATABASE_URL: "embedded", DATA_DIR: join(folder, "data") } }),
    base: find(/Back office\s+(http:\/\/[^/\s]+)/),
    adminKey: find(/Back office[^\n]*\n\s+key (\S+)/),
    email: find(/Customer's page[^\n]*\n\s+(\S+), password/),
    password: find(/, password (\S+)/),
    apiKey: find(/(lb_live_[A-Z0-9]+)/),
    testKey: find(/(lb_test_[A-Z0-9]+)/),
  };
}

/** Orders a top-up as a reseller's program does; the answer is the parsed top-up. */
export async function order(system, { phone = "5512345678", amount = "50.00", reference }) {
  const answer = await fetch(system.base + "/api/v1/topups", {
    method: "POST",
    headers: { Authorization: "Bearer " + system.apiKey, "Content-Type": "application/json" },
    body: JSON.stringify({ phone, amount, reference }),
  });
  return { status: answer.status, ...(await answer.json()) };
}

export const chromiumPath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", process.env.CHROMIUM].find((path) => path && existsSync(path));

export function startBrowser() {
  return chromium.launch({
    executablePath: chromiumPath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** Without Chromium there are no journeys: the process ends, in CI as a failure. */
export function needsBrowser(journeys) {
  if (chromiumPath) return;
  console.log(`${journeys}: skipped, there is no chromium (scripts/install-chromium)`);
  process.exit(process.env.CI ? 1 : 0);
}

/** A browser of somebody's own. What the page's policy or scripts complain about is in its complaints. */
export async function newVisitor(browser, system, options = {}) {
  const context = await browser.newContext({ baseURL: system.base, viewport: { width: 1440, height: 1000 }, locale: "en-GB", ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && page.complaints.push(`${page.url()}: ${message.text()}`));
  page.on("pageerror", (error) => page.complaints.push(`${page.url()}: ${error}`));
  return page;
}

/** Every operator of the journeys has this password. */
export const password = "a password for journeys";

/** Makes the first operator with the server's key: Mariana, who is signed in then. */
export async function makeFirstOperator(page, system) {
  await page.goto("/admin");
  await page.waitForURL("**/admin/first-operator**");
  await page.getByLabel("Key of the server").fill(system.adminKey);
  await page.getByLabel("Your full name").fill("Mariana Solís");
  await page.getByLabel("Name to sign in").fill("mariana");
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/admin");
}

export async function signInOperator(page, name = "mariana") {
  await page.goto("/admin");
  await page.getByLabel(/Name to sign in|Nombre de usuario/).fill(name);
  await page.getByLabel(/Password|Contraseña/).fill(password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/admin");
}

export async function signInMember(page, system) {
  await page.goto("/dashboard");
  await page.getByLabel(/E-mail|Correo/).fill(system.email);
  await page.getByLabel(/Password|Contraseña/).fill(system.password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/dashboard");
}

/** Sends a form as the page would, and follows no redirect: the answer is the form's own. */
export function submit(page, path, form) {
  return page.request.post(path, { form, headers: { "Sec-Fetch-Site": "same-origin" }, maxRedirects: 0 });
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];

/** axe finds nothing on the page. It is put in without touching the page's policy. */
export async function passesAxe(page, where) {
  const tools = await page.context().newCDPSession(page);
  await tools.send("Runtime.evaluate", { expression: axe });
  const { violations } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), rules);
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(", ")}`), [], "axe on " + where);
  await tools.detach();
}

/** The page is no wider than its screen. */
export async function fits(page, where) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${where} is ${over} px too wide`);
}
