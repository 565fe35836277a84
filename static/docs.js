/* The documentation's "try it": sends what stands in the form, with a sandbox key, and shows the answer as it came. */
(function () {
  "use strict";
  var form = document.getElementById("try-it");
  if (!form || !window.fetch) return;
  var out = document.getElementById("try-answer");
  form.hidden = false;

  function reference() { return "try-" + Date.now().toString(36); }
  function field(name) { return form.elements[name]; }
  field("reference").value = reference();

  function say(text) { out.hidden = false; out.textContent = text; }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var key = field("key").value.trim(), call = field("call").value;
    if (!/^lb_test_/.test(key)) { say(form.dataset.onlyTest); field("key").focus(); return; }
    var options = { headers: { Authorization: "Bearer " + key }, cache: "no-store", credentials: "omit" };
    var path = "/api/v1" + call;
    if (call === "/topups") {
      options.method = "POST";
      options.headers["Content-Type"] = "application/json";
      options.body = JSON.stringify({ phone: field("phone").value, amount: field("amount").value, reference: field("reference").value });
    } else if (call === "/topups?reference=") {
      path += encodeURIComponent(field("reference").value);
    } else if (call === "/quote?amount=") {
      path += encodeURIComponent(field("amount").value);
    }
    var button = form.querySelector("button[type=submit]"), begun = Date.now();
    button.disabled = true;
    say(form.dataset.waiting);
    fetch(path, options).then(function (answer) {
      return answer.text().then(function (body) {
        var lines = [answer.status + " " + answer.statusText + " (" + ((Date.now() - begun) / 1000).toFixed(1) + " s)"];
        ["content-type", "location", "idempotent-replayed", "retry-after", "ratelimit", "ratelimit-policy", "x-request-id"].forEach(function (name) {
          if (answer.headers.get(name)) lines.push(name + ": " + answer.headers.get(name));
        });
        try { body = JSON.stringify(JSON.parse(body), null, 2); } catch (e) { /* then as it came */ }
        say(lines.join("\n") + "\n\n" + body);
      });
    }).catch(function () { say(form.dataset.lost); }).then(function () { button.disabled = false; });
  });
})();
