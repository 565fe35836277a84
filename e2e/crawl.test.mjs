// Every page that can be reached by its links, in both themes, at both widths: axe, overflow, the page's policy, and no
// text that was never translated. A new page is covered as soon as something links to it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fits, makeFirstOperator, needsBrowser, newVisitor, order, passesAxe, signInMember, signInOperator, startBrowser, startSystem } from "./system.mjs";

needsBrowser("browser journeys");

let system, browser;

before(async () => {
  system = await startSystem();
  browser = await startBrowser();
  await makeFirstOperator(await newVisitor(browser, system), system);
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

async function passes(page, where) {
  await fits(page, where);
  await passesAxe(page, where);
}

for (const [colorScheme, width, language] of [["light", 1440, "en"], ["dark", 390, "es"]]) {
  test(`every page that a link leads to passes axe, keeps our policy and fits: ${colorScheme}, ${width} px, ${language}`, async () => {
    const page = await newVisitor(browser, system, { colorScheme, viewport: { width, height: 900 } });
    await signInOperator(page);
    await signInMember(page, system);
    await page.context().addCookies([{ name: "lang", value: language, url: system.base }]);
    const admin = await crawl(page, "/admin", (sort) => passes(page, `${sort}, ${colorScheme}, ${width}`));
    const dashboard = await crawl(page, "/dashboard", (sort) => passes(page, `${sort}, ${colorScheme}, ${width}`));
    console.log(`pages looked at (${colorScheme}, ${width}): ${admin.size} of the back office, ${dashboard.size} of the dashboard`);
    assert.ok(admin.size >= 15 && dashboard.size >= 4, `only ${admin.size} and ${dashboard.size} pages were reached`);
    assert.deepEqual(page.complaints, []);
  });
}

/** What may stand on a page without a translation: names, codes, figures, units, and what people typed. */
const alone = (words) => new RegExp(`(?<![\\p{L}\\d_])(?:${words})(?![\\p{L}\\d_])`, "gu");
const untranslated = [
  /[\w.+-]+@[\w.-]+/g,
  /lb_(live|test)_…?\w*/g,
  /…\w+/g, // the end of a key
  /[A-Z0-9_.:-]*\d[A-Za-z0-9_.:…-]*/g, // ids, references, times, amounts
  alone("USD|MXN|CSV|XLSX|PDF|API|UTC|VAT|IVA|TOTP|SHA|HTTP|POST|GET|JSON|RFC|TLS|SPEI|min|pt|ago|ms|kB|KB|MB"),
  alone("January|February|March|April|May|June|July|August|September|October|November|December"),
  alone("Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec"),
  alone("Latcom Billing|Latcom|EnviaDespensa|ENVIA|Recargas del Norte|RNORTE|TiendaMóvil|TMOVIL|English|Español|OpenAPI|River"),
  alone("Mariana Solís|mariana|Lucía Cárdenas|First key|Demo key|Transferencia recibida|Comprobante|crawl|demo"),
  alone("Transferencia a|Agreed when the customer was made"), // notes of the sample data
  alone("Invalid subscriber|Operation rejected|Insufficient balance|Product not Found"), // Latcom's words
  alone("Chrome|Linux|Mexico City|ADMIN_KEY"),
  alone("string|number|object|null|integer|array|boolean|openapi|json"), // types, in the API's documentation
];

function textsOf() {
  const outside = "script, style, noscript, pre, code, kbd, .id, .wire, [data-given], [translate=no], select[name=zone]"; // what programs or people wrote
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) if (!node.parentElement.closest(outside)) found.push(node.data);
  for (const el of document.querySelectorAll("[aria-label], [placeholder], [alt]")) {
    for (const name of ["aria-label", "placeholder", "alt"]) if (el.getAttribute(name) && !el.closest(outside)) found.push(el.getAttribute(name));
  }
  return found;
}

test("no page shows a text that was never translated", async () => {
  const page = await newVisitor(browser, system);
  await signInOperator(page);
  await signInMember(page, system);
  await page.context().addCookies([{ name: "lang", value: "qps", url: system.base }]);
  const left = new Map();
  const look = async (sort) => {
    for (let rest of await page.evaluate(textsOf)) {
      for (let before = ""; before !== rest; ) rest = (before = rest).replace(/⟦[^⟦⟧]*⟧/g, " "); // one text may hold another
      for (const pattern of untranslated) rest = rest.replace(pattern, " ");
      for (const word of rest.match(/\p{L}{3,}(?: \p{L}+)*/gu) ?? []) left.set(word, sort);
    }
  };
  await crawl(page, "/admin", look);
  await crawl(page, "/dashboard", look);
  assert.deepEqual([...left].map(([word, sort]) => `${word} (${sort})`), []);
});
