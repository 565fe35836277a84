/* What the back office does besides app.js: the drawer beside the list, and keys. All of it leads where links lead. */
(function () {
  "use strict";
  function on(type, act) { document.addEventListener(type, act); }
  function one(selector) { return document.querySelector(selector); }
  function all(selector) { return Array.from(document.querySelectorAll(selector)); }

  /* ---- the drawer: beside the list where there is room for it, else a row's link leads to the page */
  var roomy = matchMedia("(min-width: 80rem)");
  function drawer() { return one("aside#drawer"); }
  function mark() {
    var open = drawer();
    all("#topup-rows tr[aria-current]").forEach(function (row) { row.removeAttribute("aria-current"); });
    var link = open && document.getElementById("row-" + open.dataset.topup);
    if (link) link.closest("tr").setAttribute("aria-current", "true");
  }
  function plain(event) { return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey; }
  on("click", function (event) {
    var row = event.target.closest("tr"), link = row && row.querySelector("a[data-drawer]");
    if (!link || event.defaultPrevented || !plain(event)) return;
    if (event.target.closest("a, button, input, label, summary") && !link.contains(event.target)) return;
    if (!link.contains(event.target) && String(getSelection())) return; /* somebody marks text to copy it */
    if (!roomy.matches) { if (!link.contains(event.target)) link.click(); return; }
    event.preventDefault();
    htmx.trigger(link, "drawer");
  });
  var left = ""; /* the row whose drawer was closed */
  on("htmx:beforeSwap", function (event) { if (event.detail.target.id === "drawer") left = event.detail.target.dataset.topup || left; });
  on("htmx:afterSettle", function (event) {
    mark();
    if (event.detail.target.id !== "drawer" && event.detail.elt.id !== "drawer") return;
    var to = drawer() ? document.getElementById("drawer-title") : document.getElementById("row-" + left);
    if (to) to.focus({ preventScroll: Boolean(drawer()) });
  });
  if (drawer() && !roomy.matches) location.replace(drawer().dataset.page);

  /* ---- keys. Single ones can be switched off (WCAG 2.1.4); never while somebody types */
  var typing = "input, textarea, select, [contenteditable], [role=textbox]";
  function go(selector) { var link = one(selector); if (link) link.click(); return Boolean(link); }
  function along(step) {
    if (drawer() && go(step > 0 ? "[data-drawer-older]" : "[data-drawer-newer]")) return;
    var links = all("#topup-rows a.rowlink"), at = links.indexOf(document.activeElement) + step;
    var to = links[Math.max(0, Math.min(at, links.length - 1))];
    if (to) to.focus();
  }

  /* ---- the palette: results come from the server, the arrow keys choose among them */
  var palette = document.getElementById("palette"), asked = document.getElementById("palette-q");
  function options() { return all("#palette-list [role=option]"); }
  function choose(at) {
    var found = options(), to = found[(at + found.length) % found.length];
    found.forEach(function (option) { option.setAttribute("aria-selected", String(option === to)); });
    if (!to) { asked.removeAttribute("aria-activedescendant"); return; }
    asked.setAttribute("aria-activedescendant", to.id);
    to.scrollIntoView({ block: "nearest" });
  }
  function chosen() { return options().findIndex(function (option) { return option.getAttribute("aria-selected") === "true"; }); }
  function openPalette() {
    if (!palette || palette.open) return;
    all("dialog[open]").forEach(function (dialog) { dialog.close(); });
    asked.value = "";
    palette.showModal();
    htmx.trigger(asked, "palette");
  }
  function showKeys() {
    var dialog = document.getElementById("keys");
    if (dialog && !dialog.open) { dialog.showModal(); htmx.trigger(dialog, "keys"); }
  }
  on("click", function (event) {
    if (!event.target.closest("[data-palette]") || !plain(event) || !palette) return;
    event.preventDefault();
    openPalette();
  });
  if (asked) asked.addEventListener("keydown", function (event) {
    var step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); choose(chosen() + step); }
    var to = options()[Math.max(chosen(), 0)];
    if (event.key === "Enter" && to) { event.preventDefault(); to.click(); }
  });
  on("htmx:afterSettle", function (event) { if (event.detail.target.id === "palette-results" || event.detail.elt.id === "palette-results") choose(0); });
  on("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k" && palette) { event.preventDefault(); openPalette(); }
  });

  var keys = { j: function () { along(1); }, k: function () { along(-1); }, n: function () { go("#newer a"); }, "?": showKeys };
  on("keydown", function (event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && drawer() && !one("dialog[open], details.menu[open]") && !event.target.matches(typing)) { go("[data-drawer-close]"); return; }
    if (event.target.matches(typing) || one("dialog[open]") || document.documentElement.dataset.keys === "off") return;
    var act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  mark();
})();
