package alerting_test

// How messages go out: signed, in order, by one of several instances, quiet for a
// while, and again when a receiver was away.

import (
	"strings"
	"sync"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/webhooks"
)

func contains(text, part string) bool { return strings.Contains(text, part) }

func (r *receivers) lettersTo(address string) (found []letter) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.letters {
		if contains(l.to, address) {
			found = append(found, l)
		}
	}
	return found
}

// glass is an alert that no watch ends while a test is at it.
var glass = billing.Alert{
	Kind: "float_low", Subject: "the test's", Severity: billing.SeverityCritical, Link: "/admin/float",
	Words: map[string]string{"left": "120.00", "seconds": "3600"},
}

// paused keeps the engine's own passes from ending what a test raises.
func (w *world) paused() {
	w.t.Helper()
	c, err := w.store.DB().Connx(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := c.ExecContext(w.t.Context(), `SELECT pg_advisory_lock(hashtext('latcom-billing alerts'))`); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = c.Close() })
}

func (w *world) raise() {
	w.t.Helper()
	if err := w.engine.Raise(w.t.Context(), glass); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) end() {
	w.t.Helper()
	if err := w.engine.End(w.t.Context(), glass.Kind, glass.Subject); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) turn() {
	w.t.Helper()
	if err := w.messenger.Turn(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// tally is how often each receiver was told of the test's alert.
func (w *world) tally(message billing.Message) [3]int {
	mail, slack, hook := w.counts(glass.Kind, message)
	return [3]int{mail, slack, hook}
}

func TestAMessageSaysWhatHappenedSinceWhenWhatToDoAndWhere(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.paused()
	w.raise()
	w.turn()
	w.end()
	w.turn()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.letters) != 2 || len(w.slack) != 2 || len(w.hooks) != 2 {
		t.Fatalf("%d letters, %d in Slack, %d webhooks", len(w.letters), len(w.slack), len(w.hooks))
	}
	l := w.letters[0]
	for _, part := range []string{"The float lasts for less than 24 hours", "120.00", "Since ", "UTC", "What to do:\n1. ", "https://billing.example/admin/float", "https://billing.example/admin/help/alerts/float_low"} {
		if !contains(strings.ReplaceAll(l.text, "\u00a0", " "), part) {
			t.Errorf("the letter lacks %q: %s", part, l.text)
		}
		if !contains(strings.ReplaceAll(w.slack[0], "\u00a0", " "), part) {
			t.Errorf("Slack lacks %q: %s", part, w.slack[0])
		}
	}
	if !contains(l.to, "ana@office.example") || !contains(l.to, "luis@office.example") || l.subject != "[Critical] The float lasts for less than 24 hours" || l.id == w.letters[1].id {
		t.Errorf("the letter is %+v", l)
	}
	if over := w.letters[1]; !strings.HasPrefix(over.subject, "[Over] ") || !contains(over.text, "it lasted") || contains(over.text, "What to do") {
		t.Errorf("the second letter is %+v", over)
	}
	h, over := w.hooks[0], w.hooks[1]
	if h.Type != "alert.raised" || h.Title == "" || len(h.ToDo) == 0 || h.Since.IsZero() || h.EndedAt != nil || h.Help == "" || h.Link == "" ||
		over.Type != "alert.ended" || over.EndedAt == nil || !strings.HasPrefix(h.signature, "v1,") || h.id == over.id {
		t.Errorf("the webhooks are %+v and %+v", h, over)
	}
}

func TestSeveralInstancesTellOnce(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.paused()
	for round, step := range []func(){w.raise, w.end} {
		step()
		var together sync.WaitGroup
		for range 4 {
			m := w.newMessenger()
			together.Go(func() {
				if err := m.Turn(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		together.Wait()
		w.turn() // whoever planned last, it is all sent now
		w.until("it was told", func() bool {
			w.turn()
			return w.tally([]billing.Message{billing.MessageRaised, billing.MessageEnded}[round]) == [3]int{1, 1, 1}
		})
	}
	if got := w.tally(billing.MessageRaised); got != [3]int{1, 1, 1} {
		t.Errorf("told %v times", got)
	}
}

func TestWhatComesAndGoesIsToldOnceInItsQuietTime(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.paused()
	for range 3 {
		w.raise()
		w.turn()
		w.end()
		w.turn()
	}
	if began, over := w.tally(billing.MessageRaised), w.tally(billing.MessageEnded); began != [3]int{1, 1, 1} || over != [3]int{1, 1, 1} {
		t.Errorf("it came and went three times, and was told %v and %v times", began, over)
	}
	w.raise() // and stays
	w.turn()
	if began := w.tally(billing.MessageRaised); began != [3]int{1, 1, 1} {
		t.Errorf("within the quiet time it was told %v times", began)
	}
	w.sql(`UPDATE alert_notices SET created_at = created_at - interval '15 minutes'`)
	w.turn()
	if began := w.tally(billing.MessageRaised); began != [3]int{2, 2, 2} {
		t.Errorf("what is still so after the quiet time was told %v times", began)
	}
}

func TestAMessageThatWasNotTakenIsSentAgainAndTheOthersAreTold(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.paused()
	w.refuses(true)
	w.raise()
	w.turn()
	if got := w.tally(billing.MessageRaised); got != [3]int{1, 0, 0} {
		t.Errorf("while Slack and the webhook are out of order: %v", got)
	}
	w.end()
	w.turn()
	if got := w.tally(billing.MessageEnded); got != [3]int{1, 0, 0} {
		t.Errorf("and it is over: %v", got)
	}
	w.refuses(false)
	w.sql(`UPDATE alert_notices SET next_at = now() WHERE state = 'waiting'`)
	w.turn()
	if began, over := w.tally(billing.MessageRaised), w.tally(billing.MessageEnded); began != [3]int{1, 1, 1} || over != [3]int{1, 1, 1} {
		t.Errorf("once they work again: %v and %v", began, over)
	}
}

// A process that died between taking a message and sending it loses it to nobody.
func TestAMessageThatADeadProcessTookIsSentByAnother(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.paused()
	w.refuses(true)
	w.raise()
	w.turn() // plans, and the letter goes out
	w.refuses(false)
	w.sql(`UPDATE alert_notices SET next_at = now() WHERE state = 'waiting'`)
	if taken, err := w.store.ClaimNotices(t.Context(), 10); err != nil || len(taken) != 2 {
		t.Fatalf("%d taken, %v", len(taken), err) // and here it dies
	}
	w.turn()
	if got := w.tally(billing.MessageRaised); got != [3]int{1, 0, 0} {
		t.Errorf("somebody else took it at once: %v", got)
	}
	w.sql(`UPDATE alert_notices SET next_at = now() WHERE state = 'waiting'`) // the lease is over
	w.turn()
	if got := w.tally(billing.MessageRaised); got != [3]int{1, 1, 1} {
		t.Errorf("told %v times", got)
	}
}

func TestAChannelThatTakesNothingIsToldToTheOthers(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.refuses(true)
	if err := w.engine.Raise(t.Context(), billing.Alert{Kind: billing.AlertDisk, Subject: "box", Severity: billing.SeverityCritical}); err != nil {
		t.Fatal(err)
	}
	w.until("both fail", func() bool {
		w.turn()
		failing, err := w.store.FailingChannels(t.Context(), 0)
		return err == nil && len(failing) == 2
	})
	w.sql(`UPDATE alert_channels SET failing_since = failing_since - interval '6 minutes'`)
	failing := func(message billing.Message) int {
		w.look()
		mail, _, _ := w.counts(billing.AlertChannelFailing, message)
		return mail
	}
	w.until("the letters tell", func() bool { return failing(billing.MessageRaised) == 2 })
	w.refuses(false)
	w.sql(`UPDATE alert_notices SET next_at = now() WHERE state = 'waiting'`)
	w.until("the letters tell that it is over", func() bool { return failing(billing.MessageEnded) == 2 })
}

func TestAChannelIsToldOnlyWhatItWants(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.paused()
	w.sql(`UPDATE alert_channels SET least = 'critical' WHERE kind = 'email'`)
	w.sql(`UPDATE alert_channels SET customers = false WHERE kind = 'slack'`)
	w.sql(`UPDATE alert_channels SET state = 'off' WHERE kind = 'webhook'`)
	for _, a := range []billing.Alert{
		{Kind: billing.AlertLatency, Severity: billing.SeverityWarning},
		{Kind: billing.AlertCustomerBalance, Subject: "X", Severity: billing.SeverityCritical},
	} {
		if err := w.engine.Raise(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	w.turn()
	for kind, want := range map[billing.AlertKind][3]int{billing.AlertLatency: {0, 1, 0}, billing.AlertCustomerBalance: {1, 0, 0}} {
		if mail, slack, hook := w.counts(kind, billing.MessageRaised); [3]int{mail, slack, hook} != want {
			t.Errorf("%s was told %d, %d, %d times, want %v", kind, mail, slack, hook, want)
		}
	}
}

func TestTheSettingOfSlackIsAChannelAsLongAsItIsSet(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.sql(`UPDATE alert_channels SET state = 'removed'`)
	for range 2 {
		if err := w.messenger.KeepEnvironment(t.Context(), w.http+"/slack"); err != nil {
			t.Fatal(err)
		}
	}
	all, err := w.store.AlertChannels(t.Context())
	if err != nil || len(all) != 1 || !all[0].FromEnvironment {
		t.Fatalf("%+v, %v", all, err)
	}
	if problem, err := w.messenger.Test(t.Context(), w.ana, all[0].ID); err != nil || problem != "" || len(w.slack) != 1 {
		t.Errorf("the test: %q, %v", problem, err)
	}
	if err := w.messenger.KeepEnvironment(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if all, err := w.store.AlertChannels(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("without it: %+v, %v", all, err)
	}
}

// Nobody has us call what is not public.
func TestAChannelLeadsToThePublicInternetOnly(t *testing.T) {
	t.Parallel()
	sender := webhooks.NewHTTPSender(webhooks.HTTPOptions{})
	if a := sender.Send(t.Context(), webhooks.Message{URL: "http://127.0.0.1:1/x", ID: "1", Body: "{}"}); a.Problem != billing.ProblemAddress {
		t.Errorf("it was called: %+v", a)
	}
	in := billing.ChannelInput{Kind: billing.ChannelSlack, Name: "x", Least: billing.SeverityWarning, Language: "en", Address: "https://10.0.0.7/x"}
	if err := in.Check(true, false); err == nil {
		t.Error("a private address was taken")
	}
}
