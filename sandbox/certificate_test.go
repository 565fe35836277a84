package sandbox

import (
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
)

const prefixOfTest = PrefixPattern + "test-"

func caseNamed(t *testing.T, name string) Case {
	t.Helper()
	for _, c := range Cases() {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no case %s", name)
	return Case{}
}

// flawless is what is seen of an integration that does everything right.
func flawless() Seen {
	at := time.Unix(1_700_000_000, 0)
	s := Seen{Prefix: prefixOfTest, HasHooks: true, Hooks: map[string]int{}}
	for _, c := range Cases() {
		n, _ := Read(c.Phone())
		r := Request{At: at, Reference: c.Reference(prefixOfTest), Phone: "+52" + c.Phone(), Amount: billing.MustMXN(CaseAmount), Status: 201}
		again := r
		again.At = at.Add(RetryAfter)
		s.Requests = append(s.Requests, r, again)
		if c.Do == DoChanged {
			again.Amount, again.Status = billing.MustMXN(ChangedAmount), 409
			s.Requests = append(s.Requests, again)
		}
		price := billing.MustUSD("2.7778")
		s.TopUps = append(s.TopUps, TopUp{Reference: r.Reference, Phone: r.Phone, Status: billing.Status(n.Outcome.Ends), Price: price})
		if n.Outcome.Ends != "succeeded" {
			price = billing.USD{}
		}
		s.Reports = append(s.Reports, Report{Reference: r.Reference, Status: n.Outcome.Ends, Total: price})
		s.Hooks[r.Reference] = 2
	}
	return s
}

func verdictOn(t *testing.T, s Seen, name string) Verdict {
	t.Helper()
	for _, v := range Judge(s) {
		if v.Case.Name == name {
			return v
		}
	}
	t.Fatalf("nothing is said of %s", name)
	return Verdict{}
}

func TestAFlawlessIntegrationPasses(t *testing.T) {
	for _, v := range Judge(flawless()) {
		if v.State != Passed {
			t.Errorf("%s: %+v", v.Case.Name, v)
		}
	}
	if !Stands(Judge(flawless())) {
		t.Error("the certificate does not stand")
	}
	without := flawless()
	without.HasHooks, without.Hooks = false, nil
	if !Stands(Judge(without)) || verdictOn(t, without, "hook-twice").State != Skipped {
		t.Error("who has no webhooks cannot pass")
	}
	if Stands(Judge(Seen{Prefix: prefixOfTest})) {
		t.Error("who did nothing passes")
	}
}

func TestEachFaultIsFoundAndNothingElse(t *testing.T) {
	change := func(fn func(*Request, *TopUp, *Report)) func(Seen, Case) Seen {
		return func(s Seen, c Case) Seen {
			for i := range s.Requests {
				if s.Requests[i].Reference == c.Reference(s.Prefix) {
					fn(&s.Requests[i], &TopUp{}, &Report{})
				}
			}
			for i := range s.TopUps {
				if s.TopUps[i].Reference == c.Reference(s.Prefix) {
					fn(&Request{}, &s.TopUps[i], &s.Reports[i])
				}
			}
			return s
		}
	}
	booked := func(status, total string) func(Seen, Case) Seen {
		return change(func(_ *Request, _ *TopUp, r *Report) { r.Status, r.Total = status, billing.MustUSD(total) })
	}
	silent := func(s Seen, c Case) Seen {
		kept := s.Reports[:0]
		for _, r := range s.Reports {
			if r.Reference != c.Reference(s.Prefix) {
				kept = append(kept, r)
			}
		}
		s.Reports = kept
		return s
	}
	once := func(s Seen, c Case) Seen {
		var kept []Request
		seen := false
		for _, r := range s.Requests {
			if own := r.Reference == c.Reference(s.Prefix); !own || !seen {
				kept, seen = append(kept, r), seen || own
			}
		}
		s.Requests = kept
		return s
	}
	for _, row := range []struct {
		name    string
		do      func(Seen, Case) Seen
		state   State
		finding Finding
		saw     string
	}{
		{"plain", booked("failed", "0"), Failed, WrongState, "failed"},
		{"plain", booked("succeeded", "2.50"), Failed, WrongTotal, "2.5000"},
		{"plain", silent, Waiting, NotReported, ""},
		{"answer-lost", func(s Seen, c Case) Seen {
			s.Requests = append(s.Requests, Request{Reference: "order-2", Phone: "+52" + c.Phone()})
			return s
		}, Failed, NewReference, "order-2"},
		{"slow", change(func(_ *Request, top *TopUp, _ *Report) { top.Status = billing.StatusSending }), Waiting, NotFinal, "sending"},
		{"again", once, Waiting, NotTwice, ""},
		{"changed", once, Waiting, NotChanged, ""},
		{"changed", booked("succeeded", "5.5556"), Failed, WrongTotal, "5.5556"},
		{"no-credit", func(s Seen, c Case) Seen {
			for i := range 9 {
				s.Requests = append(s.Requests, Request{At: time.Unix(1_700_000_100, int64(i)*1e6), Reference: c.Reference(s.Prefix), Phone: "+52" + c.Phone()})
			}
			return s
		}, Failed, Hammered, "11"},
		{"too-many", change(func(r *Request, _ *TopUp, _ *Report) { r.At = time.Unix(1_700_000_000, 0) }), Failed, TooSoon, "0s"},
		{"away", once, Failed, GaveUp, "201"},
		{"refused", booked("failed", "2.7778"), Failed, WrongTotal, "2.7778"},
		{"proven-yes", booked("failed", "0"), Failed, WrongState, "failed"},
		{"proven-no", booked("succeeded", "2.7778"), Failed, WrongState, "succeeded"},
		{"taken-back", booked("succeeded", "2.7778"), Failed, WrongState, "succeeded"},
		{"hook-twice", booked("succeeded", "5.5556"), Failed, WrongTotal, "5.5556"},
		{"hook-disorder", booked("unknown", "0"), Failed, WrongState, "unknown"},
		{"hook-twice", func(s Seen, c Case) Seen {
			s.Hooks[c.Reference(s.Prefix)] = 1
			return s
		}, Waiting, HooksToCome, "1"},
	} {
		c := caseNamed(t, row.name)
		s := row.do(flawless(), c)
		if v := verdictOn(t, s, row.name); v.State != row.state || v.Finding != row.finding || v.Saw != row.saw {
			t.Errorf("%s: %+v, want %s %s %q", row.name, v, row.state, row.finding, row.saw)
		}
		for _, v := range Judge(s) {
			if v.Case.Name != row.name && v.State != Passed {
				t.Errorf("%s is no longer passed either: %+v", v.Case.Name, v)
			}
		}
		if Stands(Judge(s)) {
			t.Errorf("it stands with %s", row.finding)
		}
	}
}

func TestWhoWasRefusedForCreditMayLeaveItAtThat(t *testing.T) {
	c := caseNamed(t, "no-credit")
	s := flawless()
	for i, top := range s.TopUps {
		if top.Reference == c.Reference(prefixOfTest) {
			s.TopUps = append(s.TopUps[:i:i], s.TopUps[i+1:]...)
			s.Reports[i].Status, s.Reports[i].Total = "failed", billing.USD{}
			break
		}
	}
	if v := verdictOn(t, s, "no-credit"); v.State != Passed {
		t.Errorf("%+v", v)
	}
}
