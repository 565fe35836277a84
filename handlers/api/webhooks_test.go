package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

func TestTheDocumentTellsOfEveryWebhookWithAnExampleThatFits(t *testing.T) {
	t.Parallel()
	s := described(t)
	document := s.api.huma.OpenAPI()
	if n := len(document.Webhooks); n != len(billing.EventTypes())+1 {
		t.Errorf("%d webhooks", n)
	}
	for name, item := range document.Webhooks {
		media := item.Post.RequestBody.Content["application/json"]
		value, ok := throughJSON(t, media.Examples[name].Value).(map[string]any)
		if !ok || value["type"] != name {
			t.Errorf("%s: the example is %v", name, value)
		}
		s.conforms(media.Schema, value)
	}
	encoded, err := json.Marshal(document)
	if err != nil || !strings.Contains(string(encoded), `"webhooks":{"balance.low":{"post"`) {
		t.Errorf("the document has no webhooks: %v", err)
	}
}

// runs are how a program of each language is made of the documentation's code.
var runs = map[string]struct {
	file, before, after string
	command             []string
}{
	"Go": {
		"main.go", "package main\n\nimport (\n\"crypto/hmac\"\n\"crypto/sha256\"\n\"encoding/base64\"\n\"errors\"\n\"fmt\"\n\"net/http\"\n\"os\"\n\"strconv\"\n\"strings\"\n\"time\"\n)\n\n",
		"\n\nfunc main() {\n\th := http.Header{}\n\th.Set(\"webhook-id\", os.Args[2])\n\th.Set(\"webhook-timestamp\", os.Args[3])\n\th.Set(\"webhook-signature\", os.Args[4])\n" +
			"\tif err := VerifyWebhook(os.Args[1], h, []byte(os.Args[5])); err != nil {\n\t\tfmt.Println(err)\n\t\tos.Exit(3)\n\t}\n}\n",
		[]string{"go", "run"},
	},
	"Python": {
		"main.py", "",
		"\n\nimport sys\ntry:\n    verify_webhook(sys.argv[1], {'webhook-id': sys.argv[2], 'webhook-timestamp': sys.argv[3], 'webhook-signature': sys.argv[4]}, sys.argv[5].encode())\nexcept ValueError:\n    sys.exit(3)\n",
		[]string{"python3"},
	},
	"JavaScript": {
		"main.mjs", "",
		"\n\nconst [secret, id, sent, signature, body] = process.argv.slice(2);\ntry { verifyWebhook(secret, { \"webhook-id\": id, \"webhook-timestamp\": sent, \"webhook-signature\": signature }, Buffer.from(body)); } catch { process.exit(3); }\n",
		[]string{"node"},
	},
}

// The code that the documentation shows says yes to what is signed, also beside
// another signature, and no to everything else.
func TestTheCodeOfTheDocumentationVerifiesWebhooks(t *testing.T) {
	t.Parallel()
	// Known answer: the secret, id, time and body of Standard Webhooks' own test.
	const secret, id, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", `{"test": 2432232314}`
	now := strconv.FormatInt(time.Now().Unix(), 10)
	signature := signedForTests(t, secret, id+"."+now+"."+body)
	cases := map[string]struct {
		arguments []string
		good      bool
	}{
		"signed":          {[]string{secret, id, now, signature, body}, true},
		"signed by two":   {[]string{secret, id, now, "v1,AAAA " + signature, body}, true},
		"another body":    {[]string{secret, id, now, signature, body + " "}, false},
		"another id":      {[]string{secret, id + "x", now, signature, body}, false},
		"another secret":  {[]string{"whsec_AAAA", id, now, signature, body}, false},
		"an old one":      {[]string{secret, id, "1614265330", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", body}, false},
		"without a value": {[]string{secret, id, now, "v1,", body}, false},
	}
	for _, sample := range views.WebhookSamples {
		t.Run(sample.Language, func(t *testing.T) {
			t.Parallel()
			run := runs[sample.Language]
			if _, err := exec.LookPath(run.command[0]); err != nil {
				t.Skipf("skipped, there is no %s here", run.command[0])
			}
			file := filepath.Join(t.TempDir(), run.file)
			if err := os.WriteFile(file, []byte(run.before+sample.Code+run.after), 0o600); err != nil {
				t.Fatal(err)
			}
			for name, c := range cases {
				said, err := exec.CommandContext(t.Context(), run.command[0], slices.Concat(run.command[1:], []string{file}, c.arguments)...).CombinedOutput()
				if (err == nil) != c.good {
					t.Errorf("%s: %v %s", name, err, said)
				}
			}
		})
	}
}

func TestTheDocumentationTellsOfWebhooksInBothLanguages(t *testing.T) {
	t.Parallel()
	for language, want := range map[string]string{"en": "Verify each one", "es": "Verifica cada uno"} {
		e, got := echo.New(), httptest.NewRecorder()
		mount(e, Dependencies{})
		e.ServeHTTP(got, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/docs?lang="+language, nil))
		page := got.Body.String()
		if got.Code != http.StatusOK || !strings.Contains(page, want) || !strings.Contains(page, `id="webhooks"`) || !strings.Contains(page, "hmac.compare_digest") {
			t.Errorf("%s: %d", language, got.Code)
		}
	}
}

// signedForTests signs as the standard says.
func signedForTests(t *testing.T, secret, text string) string {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
