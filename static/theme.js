/* Runs in <head>, before the first paint. Without a choice the system's theme holds. */
(function () {
  var root = document.documentElement;
  root.dataset.js = ""; /* shows what needs a script */
  var store = { get: function () { try { return localStorage.getItem("theme"); } catch (e) { return null; } },
                set: function (v) { try { localStorage.setItem("theme", v); } catch (e) { /* private mode */ } } };
  var saved = store.get();
  if (saved === "light" || saved === "dark") root.dataset.theme = saved;
  function dark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-theme-toggle]");
    if (!button) return;
    var next = dark() ? "light" : "dark";
    root.dataset.theme = next;
    store.set(next);
  });
})();
