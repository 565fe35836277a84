package latcom

// What a client is made of, what it writes, and what it never shows.

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"latcom.example/latcom-billing/billing"
)

func TestOnlyHTTPSIsSpokenExceptOnThisMachine(t *testing.T) {
	for address, good := range map[string]bool{
		"https://latcom.example":         true,
		"https://latcom.example:8443/v2": true,
		"http://127.0.0.1:9000":          true,
		"http://localhost:9000":          true,
		"http://[::1]:9000":              true,
		"http://latcom.example":          false,
		"http://127.0.0.1.evil.example":  false,
		"http://10.0.0.1":                false,
		"https://user:pass@host":         false,
		"https://host?x=y":               false,
		"ftp://host":                     false,
		"latcom.example":                 false,
		"https://":                       false,
		"":                               false,
		"https://host\x7f":               false,
	} {
		_, err := New(Config{BaseURL: address, Username: "u", Password: "p", DistAPI: "d", UserUID: "u"}, nil)
		if (err == nil) != good {
			t.Errorf("%q: %v", address, err)
		}
		if err != nil && strings.Contains(err.Error(), "pass@") {
			t.Errorf("the error shows a password: %v", err)
		}
	}
}

func TestARealLatcomNeedsAllCredentials(t *testing.T) {
	_, err := New(Config{BaseURL: "https://latcom.example", Username: "u", Timeout: -1}, nil)
	if err == nil || !strings.Contains(err.Error(), "dist_api") || !strings.Contains(err.Error(), "timeout") {
		t.Errorf("got %v", err)
	}
}

func TestTheOrderIsWrittenAsTheContractSays(t *testing.T) {
	for amount, number := range map[string]string{
		"50": "50", "50.00": "50", "34.5": "34.5", "34.48": "34.48", "100": "100", "2000.00": "2000", "0.01": "0.01", "100000": "100000",
	} {
		order := send("0123456789abcdef0123456789abcdef")
		order.Amount = billing.MustMXN(amount)
		got, err := write(order)
		want := `{"targetMSISDN":"5512345678","dist_transid":"0123456789abcdef0123456789abcdef","operator":"TELEFONICA",` +
			`"country":"MEXICO","currency":"MXN","amount":` + number + `,"productId":"TFE_MXN_20_TO_2000","skuID":"0","service":2}`
		if err != nil || string(got) != want {
			t.Errorf("%s: %s, %v", amount, got, err)
		}
	}
}

func TestTheLoginIsWrittenAsTheContractSays(t *testing.T) {
	var shown, path string
	f := &fake{onOrder: []say{json200(good)}}
	f.onLogin = json200(`{"access":"TOKEN"}`)
	withFake(t, f, func(c *Client) {
		shown, path = string(c.session.body), c.line.build(context.Background(), request{path: "/api/dislogin"}).URL.String()
		c.TopUp(context.Background(), send("d1"))
	})
	if want := `{"username":"enviadespensa","password":"s3cret-\"word\"","dist_api":"dist-api-77","user_uid":"uid-4711"}`; shown != want {
		t.Errorf("login: %s", shown)
	}
	if path != "http://127.0.0.1:1/base/api/dislogin" || f.tokens[0] != "Bearer TOKEN" {
		t.Errorf("to %s, then %s", path, f.tokens[0])
	}
}

func TestNoSecretIsEverShown(t *testing.T) {
	secrets := []string{"TOKEN-ABCDEF", "enviadespensa", "s3cret", "dist-api-77", "uid-4711", "eyJhbGciOi"}
	echo := `{"error":"Bearer TOKEN-ABCDEF of enviadespensa","message":"s3cret-\"word\" dist-api-77",` +
		`"user_uid":"uid-4711","access":"else","jwt":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.abc","venTransid":"` + "\x00" + `"}`
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	for _, f := range []*fake{
		{onLogin: json200(`{"access":"TOKEN-ABCDEF"}`), onOrder: []say{reply(400, "", echo)}},
		{onLogin: json200(`{"access":"TOKEN-ABCDEF"}`), onOrder: []say{reply(400, "", strings.Trim(echo, "{"))}},
		{onLogin: json200(`{"access":"TOKEN-ABCDEF"}`), onOrder: []say{raw("TOKEN-ABCDEF s3cret-\"word\"\r\n\r\n")}},
		{onLogin: reply(400, "", echo), onOrder: []say{json200(good)}},
		{onLogin: reply(500, "", echo), onOrder: []say{json200(good)}},
	} {
		synctest.Test(t, func(t *testing.T) {
			config := Config{
				BaseURL: "http://127.0.0.1:1", HTTP: &http.Transport{DialContext: f.dial},
				Username: "enviadespensa", Password: `s3cret-"word"`, DistAPI: "dist-api-77", UserUID: "uid-4711",
			}
			c, err := New(config, logger)
			if err != nil {
				t.Fatal(err)
			}
			got := c.TopUp(context.Background(), send("d1"))
			logger.Info("everything", "config", config, "client", c)
			shown := log.String() + fmt.Sprintf("%+v %v %#v %v %+v %#v", got, config, config, c, c, c)
			for _, secret := range secrets {
				if strings.Contains(shown, secret) {
					t.Errorf("%q is shown: %s", secret, shown)
				}
			}
			c.Close()
			f.close()
		})
	}
}

func TestEvidenceFitsIntoADatabase(t *testing.T) {
	body := "\x00\xff\xfe{" + strings.Repeat("ñ", 5000)
	f := &fake{onOrder: []say{json200(body), json200(`{"status":"Fail","vendorResponseMsg":"` + strings.Repeat("ñ", 900) +
		`","transId":"` + strings.Repeat("9", 500) + `\u0000","vendorResponseCode":"` + strings.Repeat("7", 500) + `"}`)}}
	withFake(t, f, func(c *Client) {
		for _, id := range []string{"d1", "d2"} {
			a := c.TopUp(context.Background(), send(id))
			for what, kept := range map[string]struct {
				text  string
				limit int
			}{
				"response": {a.Evidence.Response, 4096}, "reason": {a.Reason, maxReason},
				"transId": {a.ProviderTransactionID, maxID}, "code": {a.Code, maxCode},
			} {
				if len(kept.text) > kept.limit || !utf8.ValidString(kept.text) || strings.Contains(kept.text, "\x00") {
					t.Errorf("%s of %s: %d bytes: %.80q", what, id, len(kept.text), kept.text)
				}
			}
		}
	})
}

func TestBothIdsAndTheWordsOfLatcomAreKept(t *testing.T) {
	f := &fake{onOrder: []say{after(6*time.Second, json200(good)), json200(fail), json200(with(failText("null"), `"null"`, `null`, `"responseMessage":null`, `"responseMessage":"No way"`))}}
	withFake(t, f, func(c *Client) {
		a := c.TopUp(context.Background(), send("d1"))
		if a.ProviderTransactionID != "LT12345678" || a.CarrierTransactionID != "V99" || a.Code != "0" || a.Reason != "Success" {
			t.Errorf("delivered: %+v", a)
		}
		if e := a.Evidence; e.Event != EventAnswered || e.HTTPStatus != 200 || e.Response != good || e.Took != 6*time.Second {
			t.Errorf("evidence: %+v", e)
		}
		if a = c.TopUp(context.Background(), send("d2")); a.Reason != "Product not Found" || a.Code != "-120054" || a.ProviderTransactionID != "LT12345678" {
			t.Errorf("refused: %+v", a)
		}
		if a = c.TopUp(context.Background(), send("d3")); a.Reason != "No way" {
			t.Errorf("refused: %+v", a)
		}
	})
}

func TestRetryAfterIsReadAsSecondsOrADate(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "0": 0, "7": 7 * time.Second, "-7": 0, "soon": 0, "1.5": 0, "999999": maxRetryAfter, "99999999999999999999": 0,
		"Fri, 01 May 2026 12:00:30 GMT": 30 * time.Second, "Fri, 01 May 2026 11:00:00 GMT": 0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {header}}, now); got != want {
			t.Errorf("%q: %s, not %s", header, got, want)
		}
	}
	// Our clock may be an hour off; theirs counts.
	dated := http.Header{"Retry-After": {"Fri, 01 May 2026 12:00:30 GMT"}, "Date": {"Fri, 01 May 2026 12:00:00 GMT"}}
	for _, off := range []time.Duration{-time.Hour, time.Hour} {
		if got := retryAfter(dated, now.Add(off)); got != 30*time.Second {
			t.Errorf("a date with our clock %s off: %s", off, got)
		}
	}
}

// FuzzDecide: whatever comes, delivered and refused are said only of the shapes
// that the contract names, read here by code of its own.
func FuzzDecide(f *testing.F) {
	for _, body := range []string{
		good, fail, noIP, failText("Saldo insuficiente"), failText("ya existe"), `{"status":"Pending"}`, `{"error":"x"}`,
		`{"status":"Success","Status":"Fail"}`, `{}`, `[]`, ``, `{"status":"success","vendorResponseCode":0}`, "\x00", good + good,
	} {
		for _, status := range []int{200, 202, 302, 400, 401, 404, 409, 429, 500} {
			f.Add(status, []byte(body), int64(15))
		}
	}
	f.Fuzz(func(t *testing.T, status int, body []byte, millis int64) {
		s := look(exchange{event: EventAnswered, status: status, body: body, written: 600, took: time.Duration(millis) * time.Millisecond})
		row := table.judge(s)
		var plainly map[string]any
		_ = json.Unmarshal(body, &plainly) // nil when it is no object: nothing may be proved by it
		text, _ := plainly["status"].(string)
		switch row.Outcome {
		case delivered:
			code := plainly["vendorResponseCode"]
			if status != 200 || !strings.EqualFold(text, "success") || code != nil && code != "" && code != "0" && code != float64(0) {
				t.Errorf("delivered by %s: %d %s", row.Name, status, body)
			}
		case refused:
			isFail := status == 200 && (strings.EqualFold(text, "fail") || strings.EqualFold(text, "failed"))
			isError := status >= 400 && status < 500 && status != 401 && status != 408 && status != 409 && status != 425 && status != 429 && plainly["error"] != nil
			ended, there := plainly["endedAt"]
			if !isFail && !isError || there && ended == nil || plainly["venTransid"] != nil && plainly["venTransid"] != "" {
				t.Errorf("refused by %s: %d %s", row.Name, status, body)
			}
		case notSent:
			id := plainly["transId"]
			if status != 401 && status != 429 || millis > 2000 || id != nil && id != "" {
				t.Errorf("not sent by %s: %d %s", row.Name, status, body)
			}
		}
	})
}

func TestEveryRowHasSentencesThatDoNotNameTheProvider(t *testing.T) {
	names := map[string]bool{}
	for _, row := range Policy() {
		s, found := Explain(row.Name)
		if !found || names[row.Name] || s.Fault != row.Fault {
			t.Errorf("%s: found %v, twice %v", row.Name, found, names[row.Name])
		}
		names[row.Name] = true
		for _, text := range []string{s.ResellerEN, s.ResellerES, s.OperatorEN, s.OperatorES} {
			if text == "" || strings.ToUpper(text[:1]) != text[:1] && !strings.HasPrefix(text, "É") || !strings.HasSuffix(text, ".") {
				t.Errorf("%s: not a sentence: %q", row.Name, text)
			}
		}
		if strings.Contains(strings.ToLower(s.ResellerEN+s.ResellerES), "latcom") {
			t.Errorf("%s names the provider to the reseller", row.Name)
		}
	}
	if _, found := Explain("no.such.row"); found {
		t.Error("a row that is none was explained")
	}
	if last := Policy()[len(Policy())-1]; last.Name != rowUnclassified || last.Outcome != unknown || (policy{}).judge(seen{}).Outcome != unknown {
		t.Error("what fits no row is not unknown")
	}
}

func TestRefusalsNobodyHasClassifiedAreListed(t *testing.T) {
	for row, want := range map[string]bool{
		"answer.refused_unlisted": true, "answer.refused_unlisted_us": true, "answer.refused_unlisted_number": true,
		"unclassified": true, "answer.refused_product": false, "answer.success": false,
	} {
		if NeedsClassification(row) != want {
			t.Errorf("%s: %v", row, !want)
		}
	}
}
