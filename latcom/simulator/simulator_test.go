package simulator

// The simulator by itself: what it takes in, what it delivers, what it shows.

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// call makes one request without a network.
func call(s *Simulator, method, path, token, body string) (int, map[string]any) {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var answer map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		return w.Code, nil
	}
	return w.Code, answer
}

func login(t *testing.T, s *Simulator) string {
	t.Helper()
	status, answer := call(s, "POST", "/api/dislogin", "", `{"username":"u","password":"p","dist_api":"d","user_uid":"x"}`)
	if status != 200 {
		t.Fatalf("login: %d %v", status, answer)
	}
	return answer["access"].(string)
}

func body(id, phone, product, amount string) string {
	return fmt.Sprintf(`{"targetMSISDN":%q,"dist_transid":%q,"operator":"TELEFONICA","country":"MEXICO","currency":"MXN","amount":%s,"productId":%q,"skuID":"0","service":2}`,
		phone, id, amount, product)
}

func TestVATComesOnTopOfTheOpenRangeOnly(t *testing.T) {
	s := New(Options{LatencyMax: time.Nanosecond})
	token := login(t, s)
	for _, row := range []struct{ product, amount, sent, received string }{
		{openRange, "30", "30.00", "34.80"},
		{openRange, "34.48", "34.48", "40.00"},
		{openRange, "25.5", "25.50", "29.58"},
		{openRange, "20.03", "20.03", "23.23"},
		{"XOOM_50_MXN", "50", "50.00", "50.00"},
	} {
		id := row.product + row.amount
		if status, answer := call(s, "POST", "/api/tn/fast", token, body(id, "5512345678", row.product, row.amount)); status != 200 || answer["status"] != "Success" {
			t.Errorf("%s: %d %v", id, status, answer)
		}
		list := s.Deliveries()
		if got := list[len(list)-1]; got.DistTransID != id || got.Amount != row.sent || got.Received != row.received {
			t.Errorf("%s: %+v", id, got)
		}
	}
}

func TestWhatIsNotAnOrderIsRefused(t *testing.T) {
	s := New(Options{LatencyMax: time.Nanosecond})
	token := login(t, s)
	good := body("d", "5512345678", openRange, "50")
	for name, row := range map[string]struct {
		body   string
		status int
		answer string // of status or error
	}{
		"an amount as a string":   {strings.Replace(good, `"amount":50`, `"amount":"50"`, 1), 400, "Validation Error"},
		"an amount with 3 places": {strings.Replace(good, `"amount":50`, `"amount":50.001`, 1), 400, "Validation Error"},
		"a phone with country":    {strings.Replace(good, "5512345678", "525512345678", 1), 400, "Validation Error"},
		"a long id":               {body(strings.Repeat("d", 33), "5512345678", openRange, "50"), 400, "Validation Error"},
		"another country":         {strings.Replace(good, "MEXICO", "PERU", 1), 400, "Validation Error"},
		"no JSON":                 {"hello", 400, "Validation Error"},
		"a huge body":             {`{"x":"` + strings.Repeat("x", maxBody) + `"}`, 400, "Validation Error"},
		"an unknown product":      {body("p1", "5512345678", "XOOM_050_MXN", "50"), 200, "Fail"},
		"another amount":          {body("p2", "5512345678", "XOOM_50_MXN", "60"), 200, "Fail"},
		"too little":              {body("p3", "5512345678", openRange, "19.99"), 200, "Fail"},
	} {
		status, answer := call(s, "POST", "/api/tn/fast", token, row.body)
		if status != row.status || answer["status"] != row.answer && answer["error"] != row.answer {
			t.Errorf("%s: %d %v", name, status, answer)
		}
	}
	if n := len(s.Deliveries()); n != 0 {
		t.Errorf("%d deliveries", n)
	}
}

func TestALoginEndsAndWrongCredentialsHaveNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{Username: "u", Password: "right", TokenTTL: time.Minute, LatencyMax: time.Nanosecond})
		if status, _ := call(s, "POST", "/api/dislogin", "", `{"username":"u","password":"wrong"}`); status != 401 {
			t.Errorf("wrong password: %d", status)
		}
		_, answer := call(s, "POST", "/api/dislogin", "", `{"username":"u","password":"right"}`)
		token := answer["access"].(string)
		for _, row := range []struct {
			wait   time.Duration
			status int
		}{{0, 200}, {59 * time.Second, 200}, {2 * time.Second, 401}} {
			<-time.After(row.wait)
			if status, _ := call(s, "POST", "/api/tn/fast", token, body(fmt.Sprint("d", row.wait), "5512345678", openRange, "50")); status != row.status {
				t.Errorf("%s later: %d", row.wait, status)
			}
		}
	})
}

func TestTheSameSeedGivesTheSameStory(t *testing.T) {
	story := func(seed uint64) (told string) {
		synctest.Test(t, func(t *testing.T) {
			s := New(Options{Seed: seed, TokenTTL: time.Hour, Outliers: 0.1, Random: map[string]float64{"990002": 0.2, "990013": 0.2}})
			token := login(t, s)
			for i := range 100 {
				began := time.Now()
				_, answer := call(s, "POST", "/api/tn/fast", token, body(fmt.Sprint("d", i), "5512345678", openRange, "50"))
				told += fmt.Sprintln(answer["status"], answer["transId"], answer["vendorResponseCode"], time.Since(began))
			}
		})
		return told
	}
	one := story(1)
	if one != story(1) || one == story(2) {
		t.Error("the seed does not decide, or decides nothing")
	}
	refused, odd := strings.Count(one, "-120012"), strings.Count(one, "-120077")
	if refused < 8 || refused > 35 || odd < 8 || odd > 35 {
		t.Errorf("of 100 orders %d were refused and %d odd, expected are 20 each", refused, odd)
	}
}

func TestADeliveryGoesOnWhenItsClientHasGone(t *testing.T) {
	s := New(Options{LatencyMin: 50 * time.Millisecond, LatencyMax: 50 * time.Millisecond})
	server := httptest.NewServer(s)
	token := login(t, s)
	r, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/api/tn/fast", strings.NewReader(body("d", "5512345678", openRange, "50")))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	client := &http.Client{Timeout: 10 * time.Millisecond}
	if answer, err := client.Do(r); err == nil {
		answer.Body.Close()
		t.Fatal("the client did not give up")
	}
	server.Close() // waits for the delivery
	if n := len(s.Deliveries()); n != 1 {
		t.Errorf("%d deliveries", n)
	}
}

func TestThePageAndTheListShowWhatWasDelivered(t *testing.T) {
	s := New(Options{LatencyMax: time.Nanosecond})
	token := login(t, s)
	for _, id := range []string{"a1", "<b>2", "a1"} {
		call(s, "POST", "/api/tn/fast", token, body(id, "5512345678", openRange, "50"))
	}
	for path, want := range map[string][3]float64{
		"/deliveries": {2, 3, 1}, "/deliveries?dist_transid=a1": {1, 2, 1}, "/deliveries?dist_transid=none": {0, 0, 1},
	} {
		_, list := call(s, "GET", path, "", "")
		if got := [3]float64{list["count"].(float64), list["requests"].(float64), list["logins"].(float64)}; got != want {
			t.Errorf("%s: count, requests, logins are %v, not %v", path, got, want)
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	page, err := io.ReadAll(w.Result().Body)
	if err != nil || strings.Contains(string(page), "<b>2") || !strings.Contains(string(page), "a1") {
		t.Errorf("the page shows an id as it came: %v", err)
	}
	for _, fate := range Fates() {
		if !strings.Contains(string(page), fate.Digits) {
			t.Errorf("the page does not show %s", fate.Digits)
		}
	}
}

func TestTheFatesAreDocumentedAsTheyAre(t *testing.T) {
	digits := regexp.MustCompile(`^9900[0-9]{2}$`)
	before := ""
	for _, fate := range Fates() {
		if !digits.MatchString(fate.Digits) || fate.Digits <= before || fate.Concludes == "delivered" && !fate.Delivered {
			t.Errorf("%s after %s: %+v", fate.Digits, before, fate)
		}
		before = fate.Digits
	}
	written, err := os.ReadFile("FATES.md")
	if err != nil || string(written) != Markdown() {
		t.Errorf("FATES.md is not what Markdown says (%v):\n%s", err, Markdown())
	}
}
