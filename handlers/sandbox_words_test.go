package handlers_test

import (
	"strings"
	"testing"

	"latcom.example/latcom-billing/sandbox"
	"latcom.example/latcom-billing/views"
)

// everyVerdict is each finding about each case.
func everyVerdict() (verdicts []sandbox.Verdict) {
	for _, c := range sandbox.Cases() {
		for _, f := range []sandbox.Finding{
			sandbox.NotOrdered, sandbox.NotFinal, sandbox.NotReported, sandbox.NotTwice, sandbox.NotChanged, sandbox.NoHooks, sandbox.HooksToCome,
			sandbox.NewReference, sandbox.GaveUp, sandbox.TooSoon, sandbox.Hammered, sandbox.WrongState, sandbox.WrongTotal,
		} {
			verdicts = append(verdicts, sandbox.Verdict{Case: c, State: sandbox.Failed, Finding: f, Saw: "1", Want: "2"})
		}
	}
	return verdicts
}

// sayVerdict wants words in both languages: a title, a task, what was seen; and a
// cure for each fault.
func sayVerdict(t *testing.T, v sandbox.Verdict) {
	t.Helper()
	english := views.SayVerdict(views.Reader{Language: views.English}, v)
	spanish := views.SayVerdict(views.Reader{Language: views.Spanish}, v)
	if english.Title == v.Case.Name || english.Saw == "" || english.Saw == spanish.Saw || english.Title == spanish.Title || strings.Contains(english.Saw+english.Cure, "%!") {
		t.Errorf("%s, %s: %+v %+v", v.Case.Name, v.Finding, english, spanish)
	}
	switch v.Finding {
	case sandbox.NewReference, sandbox.GaveUp, sandbox.TooSoon, sandbox.Hammered, sandbox.WrongState, sandbox.WrongTotal:
		if english.Cure == "" || english.Cure == spanish.Cure {
			t.Errorf("%s, %s has no cure: %+v", v.Case.Name, v.Finding, english)
		}
	default:
	}
}
