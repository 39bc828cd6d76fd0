// The pages of `plan report` in a real browser: no errors, no network, filters and keyboard work, axe finds nothing serious.
//
//   node .ci/report.mjs FOLDER PAGE...      FOLDER has node_modules and gets the screenshots
import { createRequire } from "node:module";
import { basename, resolve } from "node:path";

const [folder, ...pages] = process.argv.slice(2);
const require = createRequire(resolve(folder, "package.json"));
const { chromium } = require("playwright-core");
const axe = require.resolve("axe-core/axe.min.js");
const problems = [];
const expect = (what, holds) => { if (!holds) problems.push(what); };
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });

async function open(file, options) {
  const context = await browser.newContext({ viewport: { width: options.width ?? 1440, height: 900 }, colorScheme: options.scheme ?? "light", javaScriptEnabled: options.script ?? true, bypassCSP: options.bypassCSP ?? false });
  const page = await context.newPage();
  const name = `${basename(file)} ${options.width ?? 1440} ${options.scheme ?? "light"}`;
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) problems.push(`${name}: console: ${message.text()}`); });
  page.on("pageerror", (error) => problems.push(`${name}: ${error.message}`));
  page.on("dialog", (dialog) => { problems.push(`${name}: a dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => { if (!request.url().startsWith("file:") && !request.url().startsWith("data:")) problems.push(`${name}: asks ${request.url()}`); });
  await page.goto(`file://${resolve(file)}`);
  return { page, name, context };
}

async function look(file, width, scheme) {
  const { page, name, context } = await open(file, { width, scheme });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(`${name}: the page is ${wide} wide`, wide <= width);
  const whole = (await page.evaluate(() => document.documentElement.scrollHeight)) < 40_000;
  await page.screenshot({ path: resolve(folder, `${basename(file, ".html")}-${width}-${scheme}.png`), fullPage: whole, timeout: 120_000 });
  await context.close();
}

async function accessible(file, width, scheme) {
  // The policy of the page would keep axe itself out.
  const { page, name, context } = await open(file, { width, scheme, bypassCSP: true });
  await page.evaluate(() => { for (const details of document.querySelectorAll("details")) details.open = true; });
  await page.addScriptTag({ path: axe });
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  for (const found of violations) {
    const places = found.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(" | ");
    const line = `${name}: axe: ${found.impact} ${found.id}: ${found.help} at ${places}`;
    if (["serious", "critical"].includes(found.impact)) problems.push(line);
    else console.log(line);
  }
  await context.close();
}

async function filters(file) {
  const { page, name, context } = await open(file, {});
  const count = (selector) => page.locator(selector).count();
  const visible = (selector) => page.locator(`${selector}:visible`).count();
  // Services by a word.
  const services = await visible("#service-table tbody tr");
  const word = await page.locator("#service-table tbody th").first().evaluate((cell) => cell.firstChild.textContent);
  await page.fill("#service-text", word);
  const fewer = await visible("#service-table tbody tr");
  expect(`${name}: the filter of services leaves ${fewer} of ${services}`, fewer >= 1 && (fewer < services || services === 1));
  await page.fill("#service-text", "nothing is called so");
  expect(`${name}: services that match nothing are shown`, (await visible("#service-table tbody tr")) === 0);
  await page.fill("#service-text", "");
  const rest = page.getByRole("button", { name: "Show every service" });
  if (await rest.isVisible()) {
    await rest.click();
    expect(`${name}: not every service is shown`, (await visible("#service-table tbody tr")) === (await count("#service-table tbody tr")));
  }
  // Connectivity by namespace, by port, by a click on the matrix, and back.
  const summary = () => page.locator("#reach-count").textContent();
  const all = await summary();
  const target = await page.locator("#reach-to option").nth(1).getAttribute("value");
  await page.selectOption("#reach-to", target);
  expect(`${name}: a target changes nothing: ${all}`, (await summary()) !== all);
  expect(`${name}: the matrix has more than one column`, (await count("#reach-matrix thead th")) <= 1);
  await page.getByRole("button", { name: "Show all" }).click();
  await page.waitForFunction((text) => document.getElementById("reach-count").textContent === text, all);
  await page.fill("#reach-port", "no such port");
  const cells = await page.locator("#reach-matrix tbody td.some").count();
  expect(`${name}: a port that nobody has leaves ${cells} cells`, cells === 0);
  await page.fill("#reach-port", "");
  if (await count("#reach-matrix tbody th button")) {
    await page.locator("#reach-matrix tbody th button").first().click();
    expect(`${name}: a row of the matrix is not chosen`, (await page.locator("#reach-from").inputValue()) !== "");
    expect(`${name}: the chosen row is not pressed`, (await page.locator("#reach-matrix tbody th button").first().getAttribute("aria-pressed")) === "true");
    expect(`${name}: the rows are not listed`, (await visible("#reach-rows tbody tr")) > 0);
    await page.locator("#reach-matrix tbody th button").first().click();
    expect(`${name}: the row stays chosen`, (await summary()) === all);
  }
  const staged = page.locator("#reach-view option[value=staged]");
  if (await staged.isEnabled()) {
    await page.selectOption("#reach-view", "staged");
    expect(`${name}: staged policies change nothing`, (await summary()) !== all);
  }
  const clusters = await count("#reach-cluster option");
  if (clusters > 1) {
    await page.selectOption("#reach-cluster", String(clusters - 1));
    expect(`${name}: the second cluster has no matrix`, (await count("#reach-matrix td")) > 0);
  }
  // Findings by level.
  for (const level of await page.locator(".finding-level").all()) {
    const value = await level.getAttribute("value");
    await level.uncheck();
    expect(`${name}: ${value}s stay`, (await visible(`.finding.${value}`)) === 0);
    await level.check();
    expect(`${name}: ${value}s do not come back`, (await visible(`.finding.${value}`)) === (await count(`.finding.${value}`)));
  }
  await context.close();
}

async function keyboard(file) {
  const { page, name, context } = await open(file, {});
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim());
  await page.keyboard.press("Tab");
  expect(`${name}: Tab first reaches ${await focused()}`, (await focused()) === "Skip to the content");
  const seen = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  expect(`${name}: the focus is not seen`, seen !== "none");
  await page.keyboard.press("Enter");
  expect(`${name}: the link does not skip to the content but to ${await focused()}`, (await focused()) === "main");
  await page.focus("#theme");
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  expect(`${name}: the theme stays ${await ground()}`, (await ground()) !== light);
  await page.focus("#reach-from");
  await page.keyboard.press("ArrowDown");
  expect(`${name}: a key chooses nobody`, (await page.locator("#reach-from").inputValue()) !== "");
  const details = page.locator("details:not([open]) > summary").first();
  await details.focus();
  const closed = await page.locator("details:not([open])").count();
  await page.keyboard.press("Enter");
  expect(`${name}: a key opens nothing`, (await page.locator("details:not([open])").count()) === closed - 1);
  // Everything that scrolls can be scrolled by keys, and nothing catches the focus.
  const stuck = await page.evaluate(() => [...document.querySelectorAll(".scroll")].filter((place) => place.tabIndex !== 0).length);
  expect(`${name}: ${stuck} places scroll without keys`, stuck === 0);
  let last = "";
  const many = await page.locator("a:visible, button:visible, select:visible, input:visible, summary:visible, [tabindex='0']:visible").count();
  await page.evaluate(() => document.activeElement.blur());
  for (let at = 0; at < Math.min(many + 5, 60); at += 1) {
    await page.keyboard.press("Tab");
    const now = await page.evaluate(() => { const rectangle = document.activeElement.getBoundingClientRect(); return `${document.activeElement.tagName} ${rectangle.x} ${rectangle.y + scrollY}`; });
    expect(`${name}: the focus is caught at ${now}`, now !== last || now.startsWith("BODY"));
    last = now;
  }
  await context.close();
}

async function paper(file) {
  const { page, name, context } = await open(file, {});
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  expect(`${name}: something stays closed on paper`, (await page.locator("details:not([open])").count()) === 0);
  await page.emulateMedia({ media: "print" });
  expect(`${name}: the filters are printed`, (await page.locator(".filters:visible, nav:visible, #theme:visible").count()) === 0);
  const names = page.locator("#reach-matrix th button");
  const printed = await page.locator("#reach-matrix th button:visible").count();
  expect(`${name}: the matrix has ${printed} of ${await names.count()} names on paper`, printed === (await names.count()));
  const pdf = await page.pdf({ format: "A4" });
  expect(`${name}: the printed page is empty`, pdf.length > 20_000);
  await context.close();
}

async function withoutScript(file) {
  const { page, name, context } = await open(file, { script: false });
  expect(`${name}: without a script there are filters`, (await page.locator(".filters:visible").count()) === 0);
  expect(`${name}: without a script nothing says so`, await page.locator("noscript").first().isVisible());
  expect(`${name}: without a script there are no services`, (await page.locator("#service-table tbody tr:visible").count()) > 0);
  await context.close();
}

for (const file of pages) {
  const start = Date.now();
  for (const width of [1440, 390]) {
    for (const scheme of ["light", "dark"]) {
      await look(file, width, scheme);
      const once = (width === 1440) === (scheme === "light");
      if (once && !basename(file).startsWith("large")) await accessible(file, width, scheme);
    }
  }
  await filters(file);
  console.log(`${basename(file)}: looked at in ${Date.now() - start} ms`);
  if (basename(file).startsWith("large")) continue;
  await keyboard(file);
  await paper(file);
  await withoutScript(file);
}
await browser.close();
for (const problem of problems) console.error(problem);
process.exit(problems.length ? 1 : 0);
