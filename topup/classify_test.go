package topup

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// learner keeps what an instance was told.
type learner struct {
	mu    sync.Mutex
	known []billing.Classification
}

func (l *learner) learn(all []billing.Classification) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.known = all
}

func (l *learner) knows(shape string) (billing.Classification, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.known {
		if c.ShapeKey == shape {
			return c, true
		}
	}
	return billing.Classification{}, false
}

type classifying struct {
	*Engine
	store   *store.Store
	url     string
	learned *learner
	ana     billing.Actor
	ben     billing.Actor
	example billing.Attempt // of an answer that nobody has classified
	topUp   billing.TopUp
}

// odd is an answer that nobody has classified.
func odd(alone billing.Outcome, code string) billing.Answer {
	return billing.Answer{
		Outcome: alone, Fault: billing.FaultProvider, Row: "answer.other_status", Policy: 2, Reason: "odd", Code: code,
		Shape: billing.Shape{Alone: alone, HTTPStatus: 200, Status: "odd", Code: code}.Key(),
	}
}

func newClassifying(t *testing.T, alone billing.Outcome) classifying {
	t.Helper()
	s, url := storetest.NewWithURL(t)
	learned := &learner{}
	e := New(s, nil, discard, Options{Min: billing.MustMXN("20"), Max: billing.MustMXN("200"), Classify: learned.learn})
	c := classifying{
		Engine: e, store: s, url: url, learned: learned,
		ana: storetest.Operator(t, s, "Ana", billing.RoleFinance), ben: storetest.Operator(t, s, "Ben", billing.RoleAdmin),
	}
	c.topUp = settled(t, e, order(storetest.Customer(t, s, "100"), "r1"), odd(alone, "-7"))
	attempts, err := s.Attempts(t.Context(), c.topUp.ID)
	if err != nil {
		t.Fatal(err)
	}
	c.example = attempts[0]
	return c
}

func (c classifying) say(outcome billing.Outcome, fault billing.Fault) billing.Classification {
	return billing.Classification{ID: uuid.New(), ExampleID: c.example.ID, Outcome: outcome, Fault: fault, Note: "Latcom's support, ticket 7"}
}

func (c classifying) unclassified(t *testing.T) []store.Unclassified {
	t.Helper()
	rows, err := c.store.Unclassified(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n, err := c.store.CountUnclassified(t.Context())
	if err != nil || n != len(rows) {
		t.Errorf("%d are counted, %d listed: %v", n, len(rows), err)
	}
	return rows
}

func (c classifying) actions(t *testing.T) string {
	t.Helper()
	var actions []string
	if err := c.store.DB().SelectContext(t.Context(), &actions, `SELECT action FROM audit_log WHERE action LIKE 'classification.%' ORDER BY id`); err != nil {
		t.Fatal(err)
	}
	return strings.Join(actions, " ")
}

func TestAnAnswerNobodyHasClassifiedIsListedUntilSomebodyHas(t *testing.T) {
	t.Parallel()
	c := newClassifying(t, billing.OutcomeRefused)
	for _, code := range []string{"-7", "-7", "-8", ""} {
		answer := odd(billing.OutcomeRefused, code)
		if code == "" {
			answer.Shape = ""
		}
		settled(t, c.Engine, order(storetest.Customer(t, c.store, "100"), "r"+code), answer)
	}
	rows := c.unclassified(t)
	if len(rows) != 2 || rows[0].Times != 1 || rows[1].Times != 3 || rows[1].ShapeKey != c.example.Shape || !rows[1].First.Before(rows[1].Last) || rows[1].Reason != "odd" {
		t.Fatalf("got %+v", rows)
	}
	recorded, err := c.Classify(t.Context(), c.ana, c.say(billing.OutcomeRefused, billing.FaultNumber))
	if err != nil || recorded.State != billing.ClassificationInForce || recorded.Proposer != "Ana" || recorded.Number == 0 {
		t.Fatalf("%+v, %v", recorded, err)
	}
	if rows := c.unclassified(t); len(rows) != 1 || rows[0].ShapeKey == c.example.Shape {
		t.Errorf("afterwards %+v", rows)
	}
	if said, ok := c.learned.knows(c.example.Shape); !ok || said.Fault != billing.FaultNumber || said.Number != recorded.Number {
		t.Errorf("the way to Latcom was not told: %+v", said)
	}
	if got, err := c.store.TopUp(t.Context(), c.topUp.ID, 0); err != nil || got.Status != billing.StatusFailed {
		t.Errorf("what is past changed: %s, %v", got.Status, err)
	}
	// A later one replaces it.
	if _, err := c.Classify(t.Context(), c.ben, c.say(billing.OutcomeUnknown, billing.FaultProvider)); err != nil {
		t.Fatal(err)
	}
	if said, _ := c.learned.knows(c.example.Shape); said.Outcome != billing.OutcomeUnknown {
		t.Errorf("the later one is not in force: %+v", said)
	}
	if got := c.actions(t); got != "classification.recorded classification.recorded" {
		t.Errorf("audited: %s", got)
	}
}

func TestAClassificationThatEndsTopUpsTakesTwoOperators(t *testing.T) {
	t.Parallel()
	for _, outcome := range []billing.Outcome{billing.OutcomeDelivered, billing.OutcomeRefused} {
		c := newClassifying(t, billing.OutcomeUnknown)
		said := c.say(outcome, billing.ClassifiableFaults(outcome)[0])
		recorded, err := c.Classify(t.Context(), c.ana, said)
		if err != nil || recorded.State != billing.ClassificationWaiting {
			t.Fatalf("%+v, %v", recorded, err)
		}
		if again, err := c.Classify(t.Context(), c.ana, said); err != nil || again.Number != recorded.Number {
			t.Errorf("sent twice: %+v, %v", again, err)
		}
		if _, err := c.Classify(t.Context(), c.ben, c.say(billing.OutcomeUnknown, billing.FaultUs)); !errors.Is(err, billing.ErrTaken) {
			t.Errorf("another one beside it: %v", err)
		}
		if rows := c.unclassified(t); len(rows) != 1 || !rows[0].Waiting {
			t.Errorf("listed: %+v", rows)
		}
		if _, told := c.learned.knows(c.example.Shape); told {
			t.Error("in force before a second operator confirmed it")
		}
		if err := c.DecideClassification(t.Context(), c.ana, recorded.ID, true, ""); !errors.Is(err, billing.ErrOwnRequest) {
			t.Errorf("his own: %v", err)
		}
		if err := c.DecideClassification(t.Context(), c.ben, recorded.ID, true, ""); err != nil {
			t.Fatal(err)
		}
		if err := c.DecideClassification(t.Context(), c.ben, recorded.ID, false, "no"); !errors.Is(err, billing.ErrAlreadyDecided) {
			t.Errorf("decided twice: %v", err)
		}
		if known, told := c.learned.knows(c.example.Shape); !told || known.Outcome != outcome {
			t.Errorf("confirmed, and not in force: %+v", known)
		}
		if rows := c.unclassified(t); len(rows) != 0 {
			t.Errorf("still listed: %+v", rows)
		}
		if got, err := c.store.TopUp(t.Context(), c.topUp.ID, 0); err != nil || got.Status != billing.StatusUnknown {
			t.Errorf("what is past changed: %s, %v", got.Status, err)
		}
		if got := c.actions(t); got != "classification.proposed classification.confirmed" {
			t.Errorf("audited: %s", got)
		}
	}
}

func TestARejectedClassificationDecidesNothing(t *testing.T) {
	t.Parallel()
	c := newClassifying(t, billing.OutcomeUnknown)
	recorded, err := c.Classify(t.Context(), c.ana, c.say(billing.OutcomeRefused, billing.FaultNumber))
	if err != nil {
		t.Fatal(err)
	}
	var wrong billing.ValidationError
	if err := c.DecideClassification(t.Context(), c.ben, recorded.ID, false, ""); !errors.As(err, &wrong) {
		t.Errorf("without an objection: %v", err)
	}
	if err := c.DecideClassification(t.Context(), c.ben, recorded.ID, false, "the ticket says otherwise"); err != nil {
		t.Fatal(err)
	}
	if _, told := c.learned.knows(c.example.Shape); told {
		t.Error("it is in force")
	}
	if rows := c.unclassified(t); len(rows) != 1 || rows[0].Waiting {
		t.Errorf("listed: %+v", rows)
	}
	if all, err := c.store.Classifications(t.Context()); err != nil || len(all) != 1 || all[0].State != billing.ClassificationRejected || all[0].Decider != "Ben" || all[0].Objection == "" {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestAClassificationSaysOnlyWhatIsPossible(t *testing.T) {
	t.Parallel()
	known := newClassifying(t, billing.OutcomeRefused)
	for name, c := range map[string]billing.Classification{
		"a refusal that delivers":       known.say(billing.OutcomeDelivered, billing.FaultNone),
		"a refusal that is sent again":  known.say(billing.OutcomeNotSent, billing.FaultProvider),
		"a refusal that is nobody's":    known.say(billing.OutcomeRefused, billing.FaultNone),
		"nothing":                       known.say("", ""),
		"a refusal without a known one": known.say(billing.OutcomeRefused, "somebody"),
	} {
		var wrong billing.ValidationError
		if _, err := known.Classify(t.Context(), known.ana, c); !errors.As(err, &wrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
	unsaid := known.say(billing.OutcomeRefused, billing.FaultNumber)
	unsaid.Note = " "
	var wrong billing.ValidationError
	if _, err := known.Classify(t.Context(), known.ana, unsaid); !errors.As(err, &wrong) {
		t.Errorf("without a note: %v", err)
	}
	doubtful := newClassifying(t, billing.OutcomeUnknown)
	if _, err := doubtful.Classify(t.Context(), doubtful.ana, doubtful.say(billing.OutcomeNotSent, billing.FaultProvider)); !errors.As(err, &wrong) {
		t.Errorf("an unknown that is sent again: %v", err)
	}
	// What the browser says about the shape does not count.
	forged := known.say(billing.OutcomeRefused, billing.FaultNumber)
	forged.ShapeKey, forged.Was = `{"forged":1}`, billing.OutcomeUnknown
	if got, err := known.Classify(t.Context(), known.ana, forged); err != nil || got.ShapeKey != known.example.Shape || got.Was != billing.OutcomeRefused {
		t.Errorf("%+v, %v", got, err)
	}
	fine := settled(t, known.Engine, order(storetest.Customer(t, known.store, "100"), "fine"), billing.Answer{Outcome: billing.OutcomeDelivered, Row: "answer.success"})
	attempts, err := known.store.Attempts(t.Context(), fine.ID)
	if err != nil {
		t.Fatal(err)
	}
	about := known.say(billing.OutcomeRefused, billing.FaultNumber)
	about.ExampleID = attempts[0].ID
	if _, err := known.Classify(t.Context(), known.ana, about); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("about an answer that is known: %v", err)
	}
}

// Neither the code above nor a hand gets past the database.
func TestTheDatabaseKeepsClassificationsHonest(t *testing.T) {
	t.Parallel()
	c := newClassifying(t, billing.OutcomeUnknown)
	recorded, err := c.Classify(t.Context(), c.ana, c.say(billing.OutcomeRefused, billing.FaultNumber))
	if err != nil {
		t.Fatal(err)
	}
	for name, query := range map[string]string{
		"his own":            `INSERT INTO classification_decisions (classification_id, proposed_by, decided_by, confirmed) SELECT id, proposed_by, proposed_by, true FROM classifications`,
		"as if another's":    `INSERT INTO classification_decisions (classification_id, proposed_by, decided_by, confirmed) SELECT id, proposed_by + 1, proposed_by, true FROM classifications`,
		"changed":            `UPDATE classifications SET outcome = 'delivered', fault = ''`,
		"removed":            `DELETE FROM classifications`,
		"emptied":            `TRUNCATE classifications CASCADE`,
		"refused, delivered": `INSERT INTO classifications (id, shape, was, outcome, fault, note, example_id, proposed_by) SELECT gen_random_uuid(), shape, 'refused', 'delivered', '', note, example_id, proposed_by FROM classifications`,
		"sent again":         `INSERT INTO classifications (id, shape, was, outcome, fault, note, example_id, proposed_by) SELECT gen_random_uuid(), shape, 'unknown', 'not_sent', 'us', note, example_id, proposed_by FROM classifications`,
	} {
		if _, err := storetest.Owner(c.store).ExecContext(t.Context(), query); err == nil {
			t.Errorf("%s: the database took it", name)
		}
	}
	if err := c.DecideClassification(t.Context(), c.ben, recorded.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := storetest.Owner(c.store).ExecContext(t.Context(), `UPDATE classification_decisions SET confirmed = false`); err == nil {
		t.Error("a decision was changed")
	}
}

func TestEveryInstanceLearnsWithinSeconds(t *testing.T) {
	t.Parallel()
	c := newClassifying(t, billing.OutcomeRefused)
	other := &learner{}
	start(t, c.store, c.url, answers(billing.OutcomeDelivered), func(o *Options) { o.Classify = other.learn })
	if _, err := c.Classify(t.Context(), c.ana, c.say(billing.OutcomeRefused, billing.FaultUs)); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool {
		said, ok := other.knows(c.example.Shape)
		return ok && said.Fault == billing.FaultUs
	})
}
