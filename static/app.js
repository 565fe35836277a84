/* Our own few behaviours. Every page works without them; nothing here decides anything or touches money. */
(function () {
  "use strict";
  var root = document.documentElement;
  var words = root.dataset; /* ago, day, days, hour: set by the frame in the reader's language */
  var clock = Date.parse(words.now) - Date.now(); /* the server's clock against this one, as far as the page is fresh */
  function now() { return Date.now() + (clock || 0); }
  function each(selector, act, within) { Array.prototype.forEach.call((within || document).querySelectorAll(selector), act); }
  function on(type, act) { document.addEventListener(type, act); }
  function onClick(selector, act) {
    on("click", function (event) {
      var found = event.target.closest && event.target.closest(selector);
      if (found) act(found, event);
    });
  }

  /* ---- the reader's zone, so that the server writes local times */
  try {
    var zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (zone) document.cookie = "tz=" + zone + "; path=/; max-age=31536000; samesite=lax" + (location.protocol === "https:" ? "; secure" : "");
  } catch (e) { /* then the business zone holds */ }

  /* ---- ages that go on: <time data-since="RFC 3339" data-form="ago"> */
  function pad(n) { return (n < 10 ? "0" : "") + n; }
  function age(ms) {
    var nb = "\u00a0", s = Math.max(0, Math.floor(ms / 1000)), m = Math.floor(s / 60), h = Math.floor(m / 60), d = Math.floor(h / 24);
    if (s < 60) return s + nb + "s";
    if (m < 60) return m + nb + "min";
    if (h < 24) return h + nb + "h " + pad(m % 60) + nb + "min";
    return d + nb + (d === 1 ? words.day : words.days) + (d < 10 ? " " + (h % 24) + nb + "h" : "");
  }
  function tick() {
    each("[data-since]", function (el) {
      var since = Date.parse(el.dataset.since);
      if (!since) return;
      var text = age(now() - since);
      if (el.dataset.form === "ago") text = words.ago.replace("%s", text);
      if (el.textContent !== text) el.textContent = text;
    });
  }

  /* ---- live: a stream says "change" (count) or "beat"; parts with hx-trigger="sse:change" then fetch themselves */
  var live = { state: "off", fresh: now(), newer: 0, streams: typeof WeakSet === "function" ? new WeakSet() : null };
  var silence = 25000; /* without a beat for so long the stream is dead, whatever the socket says */
  function livePart(el) { return el && /sse:/.test(el.getAttribute("hx-trigger") || ""); }
  function refresh() { each("[hx-trigger*='sse:change']", function (el) { htmx.trigger(el, "sse:change"); }); }
  function show() {
    each("[data-live]", function (el) {
      if (el.dataset.live !== live.state) {
        el.dataset.live = live.state;
        var said = el.querySelector("[data-live-said]"), word = el.querySelector(".live-as-" + live.state + " [data-live-word]");
        if (said && word) said.textContent = word.textContent;
      }
      each("[data-live-fresh]", function (at) { at.dataset.since = new Date(live.fresh).toISOString(); }, el);
      each("[data-live-newer]", function (at) { at.textContent = live.newer ? at.dataset.liveNewer.replace("%s", live.newer) : ""; }, el);
      each("[data-live-at]", function (at) { if (live.pausedAt) at.textContent = live.pausedAt; }, el);
    });
    tick();
  }
  function turn(state) {
    if (live.state === "paused" && state !== "resume") return;
    live.state = state === "resume" ? "on" : state;
    show();
  }
  on("htmx:sseOpen", function (event) {
    var source = event.detail.source, again = live.state === "lost";
    if (source && live.streams && !live.streams.has(source)) {
      live.streams.add(source);
      source.addEventListener("beat", function () { live.fresh = now(); turn("on"); });
      source.addEventListener("change", function (message) {
        live.fresh = now();
        if (live.state === "paused") live.newer += parseInt(message.data, 10) || 1;
        turn("on");
        if (live.state === "paused") show();
      });
    }
    live.fresh = now();
    turn("on");
    if (again) refresh();
  });
  on("htmx:sseError", function () { turn("lost"); });
  setInterval(function () {
    if (live.state === "on" && now() - live.fresh > silence) turn("lost");
    tick();
  }, 1000);
  onClick("[data-live-pause]", function (button) {
    live.pausedAt = new Date().toTimeString().slice(0, 8);
    live.newer = 0;
    live.state = "paused";
    show();
    var resume = button.closest("[data-live]").querySelector("[data-live-resume]");
    if (resume) resume.focus();
  });
  onClick("[data-live-resume]", function (button) {
    live.newer = 0;
    turn("resume");
    refresh();
    var pause = button.closest("[data-live]").querySelector("[data-live-pause]");
    if (pause) pause.focus();
  });
  on("htmx:beforeRequest", function (event) {
    var part = event.detail.elt;
    /* what somebody reads in a chart is not taken from under the pointer or the focus */
    if (livePart(part) && (live.state === "paused" || part.querySelector(".hit:hover, .hit:focus"))) event.preventDefault();
  });
  on("htmx:afterSwap", show);

  /* ---- a part that reads itself again gives the focus back to the same link or button */
  var held = null;
  on("htmx:beforeSwap", function (event) {
    var at = document.activeElement, part = event.detail.target;
    held = at && part && part.id && part !== at && part.contains(at) && livePart(event.detail.requestConfig && event.detail.requestConfig.elt)
      ? { part: part.id, name: at.id ? "#" + CSS.escape(at.id) : at.getAttribute("href") ? "a[href='" + CSS.escape(at.getAttribute("href")) + "']" : "" } : null;
  });
  on("htmx:afterSettle", function () {
    var part = held && held.name && document.getElementById(held.part), again = part && part.querySelector(held.name);
    if (again && document.activeElement !== again) again.focus({ preventScroll: true });
    held = null;
  });

  /* ---- a form is sent once */
  function sending(form, button) {
    form.dataset.sending = "";
    setTimeout(function () { /* after the browser has read the button's name and value */
      each("button[type=submit], button:not([type])", function (b) { b.disabled = true; }, form);
      if (button) button.setAttribute("aria-busy", "true");
    }, 0);
  }
  function sent(form) {
    delete form.dataset.sending;
    each("button", function (b) { b.disabled = false; b.removeAttribute("aria-busy"); }, form);
  }
  on("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if ("sending" in form.dataset) return event.preventDefault();
    sending(form, event.submitter);
  });
  addEventListener("pageshow", function (event) { if (event.persisted) each("form[data-sending]", sent); });
  on("htmx:beforeRequest", function (event) { if (!event.defaultPrevented && event.detail.elt.matches("form[hx-post]")) sending(event.detail.elt); });
  on("htmx:afterRequest", function (event) { if (event.detail.elt.matches("form[hx-post]")) sent(event.detail.elt); });

  /* ---- what did not arrive is said, not swallowed; a session that ended leads to the sign-in */
  function trouble(event) {
    var status = event.detail.xhr ? event.detail.xhr.status : 0;
    if (status === 401) return location.reload();
    var shape = document.getElementById("trouble"), place = document.getElementById("toasts");
    if (!shape || !place || livePart(event.detail.elt)) return;
    place.replaceChildren(shape.content.cloneNode(true));
  }
  on("htmx:responseError", trouble);
  on("htmx:sendError", trouble);
  on("htmx:timeout", trouble);

  /* ---- small things */
  function copy(text) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    var area = document.createElement("textarea");
    area.value = text;
    area.className = "sr-only";
    document.body.appendChild(area);
    area.select();
    var ok = document.execCommand("copy");
    area.remove();
    return ok ? Promise.resolve() : Promise.reject(new Error("not copied"));
  }
  onClick("[data-copy]", function (button) {
    var text = button.dataset.copy;
    if (text.charAt(0) === "/") text = new URL(text, location.href).href; /* a link of ours */
    copy(text).then(function () {
      button.dataset.copied = "";
      var said = button.querySelector("[data-copied-said]");
      if (said) said.textContent = said.dataset.copiedSaid;
      setTimeout(function () { delete button.dataset.copied; if (said) said.textContent = ""; }, 1600);
    }, function () { /* the text stands beside the button */ });
  });
  onClick("[data-dismiss]", function (button) { var all = button.closest("[data-dismissable]"); if (all) all.remove(); });
  onClick("[data-dialog]", function (opener, event) {
    var dialog = document.getElementById(opener.dataset.dialog);
    if (!dialog || !dialog.showModal || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    dialog.showModal();
  });
  onClick("[data-close]", function (button) { var dialog = button.closest("dialog"); if (dialog) dialog.close(); });
  on("click", function (event) {
    if (event.target.matches && event.target.matches("dialog[open]")) event.target.close(); /* the backdrop */
    each("details.menu[open]", function (menu) { if (!menu.contains(event.target)) menu.open = false; });
  });
  on("keydown", function (event) {
    if (event.key === "Escape") each("details.menu[open]", function (menu) { menu.open = false; menu.querySelector("summary").focus(); });
    if (words.keys === "off" || event.defaultPrevented) return;
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select, [contenteditable]")) return;
    var filter = document.querySelector("[data-filter]");
    if (filter) { event.preventDefault(); filter.focus(); filter.select(); }
  });
  /* tabs that are wider than the screen begin where the present one can be seen */
  each(".tabs [aria-current=page]", function (tab) {
    var tabs = tab.closest(".tabs"), over = tab.offsetLeft - tabs.offsetLeft + tab.offsetWidth - tabs.clientWidth;
    if (over > 0) tabs.scrollLeft = over + 40; /* with a bit of the next */
  });
  /* a message that stands in the page at load is not announced by itself: put it there once more */
  each("#toasts [role=status]", function (toast) { setTimeout(function () { toast.append.apply(toast, Array.from(toast.childNodes)); }, 300); });

  tick();
})();
