// Starts what the journeys run against: the real program as `make run` starts it, and Debian's Chromium.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Builds the program and starts its demo; the answer says where everything is. */
export async function startSystem({ topUps = 1500, latency = "300ms-500ms", settings = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "latcom-billing-e2e-"));
  chmodSync(folder, 0o755); // the database's own user has to pass through
  const binary = join(folder, "latcom-billing");
  const built = spawnSync("go", ["build", "-buildvcs=false", "-o", binary, "./cmd/latcom-billing"], { cwd: root, stdio: "inherit" });
  if (built.status !== 0) throw new Error("the program does not build");
  const env = { ...process.env, PORT: String(20000 + Math.floor(Math.random() * 20000)), LATCOM_BILLING_POSTGRES: "", ...settings };
  delete env.DATABASE_URL;
  const child = spawn(binary, ["demo", "--data-dir", join(folder, "data"), "--top-ups", String(topUps), "--latency", latency], { cwd: root, env });
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
