package views

// What the pages of API keys are made of, a customer's own and those in the back office.

import (
	"strconv"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// KeyList are a customer's keys: those that work, then those that have ended.
type KeyList struct {
	Paths     AccessPaths
	Keys      []billing.APIKey
	MayManage bool
	Own       bool // on the customer's own dashboard
}

// OwnKeys is the page of the dashboard.
type OwnKeys struct {
	Frame
	KeyList
}

// working are those that open something.
func (l KeyList) working(r Reader) []billing.APIKey {
	var keys []billing.APIKey
	for _, key := range l.Keys {
		if key.Works(r.Now) {
			keys = append(keys, key)
		}
	}
	return keys
}

// docs leads to the documentation with the newest key that works.
func (l KeyList) docs(r Reader) string {
	if keys := l.working(r); len(keys) > 0 {
		return DocsWithKey(keys[0].Hint)
	}
	return APIDocsPath
}

func (l KeyList) nothing(r Reader, level int) ui.Empty {
	e := ui.Empty{Icon: "key-round", Level: level, Title: r.T("No API key"), Text: r.T("Without one the customer’s programs cannot order.")}
	switch {
	case l.Own && l.MayManage:
		e.Text = r.T("Your programs need one to order. It is shown once, when you make it.")
	case l.Own:
		e.Text = r.T("Your programs need one to order. An owner of your company makes it.")
	}
	return e
}

// NewKey is the form of one.
type NewKey struct {
	Frame
	Paths    AccessPaths
	Customer billing.Customer
	Form     KeyForm
	Problems map[string]string
	Once     string // the key, sealed
}

// KeyRotation asks how long the old key goes on.
type KeyRotation struct {
	Frame
	Paths    AccessPaths
	Key      billing.APIKey
	Overlaps []time.Duration
	Overlap  string // as it was chosen
	Problems map[string]string
	Once     string // the new key, sealed
}

func (k KeyRotation) choices() []ui.Choice {
	var choices []ui.Choice
	for _, overlap := range k.Overlaps {
		choice := ui.Choice{Value: overlap.String(), Label: overlapWord(k.Reader, overlap), Effect: k.T("Both keys work until %s", k.DateTime(k.Now.Add(overlap)))}
		if overlap == 0 {
			choice.Effect = k.T("Programs that still use the old one are refused (401) from now on")
		}
		choices = append(choices, choice)
	}
	return choices
}

func overlapWord(r Reader, overlap time.Duration) string {
	switch hours := int(overlap.Hours()); {
	case hours == 0:
		return r.T("Not at all")
	case hours < 48:
		return r.N(hours, "%s hour", "%s hours")
	default:
		return r.N(hours/24, "%s day", "%s days")
	}
}

// KeyEnd asks before a key opens nothing any more.
type KeyEnd struct {
	Frame
	Paths AccessPaths
	Key   billing.APIKey
	Only  bool // no other key works
}

func (k KeyEnd) text() string {
	used := k.T("It was never used.")
	if at := k.Key.LastUsedAt; at != nil {
		used = k.T("It was last used %s.", k.Ago(*at))
		if from := k.Key.LastUsedFrom; from != "" {
			used = k.T("It was last used %s from %s.", k.Ago(*at), from)
		}
	}
	text := k.T("Programs that use %s are refused (401) from now on. What they ordered before goes on to its end. This can’t be taken back.", k.Key.Hint) + " " + used
	if k.Only {
		text += " " + k.T("It is the only key that works: until another is made, no program can order.")
	}
	return text
}

// MadeKey is a new key, on the only page that ever shows it.
type MadeKey struct {
	Key, Name, Hint string
	Customer        string // whose
	Back            string
	Own             bool
	Replaces        string    // the hint of the key before it; empty: none
	ReplacedUntil   time.Time // until when that one works
}

func (m MadeKey) title(r Reader) string {
	if m.Replaces != "" {
		return r.T("A new key for %s", m.Name)
	}
	return r.T("The key %s is made", m.Name)
}

// replaced says what becomes of the key before it; empty: there is none.
func (m MadeKey) replaced(r Reader) string {
	switch {
	case m.Replaces == "":
		return ""
	case m.ReplacedUntil.After(r.Now):
		return r.T("The old key, %s, works until %s. Give the new one to your programs before.", m.Replaces, r.DateTime(m.ReplacedUntil))
	}
	return r.T("The old key, %s, opens nothing any more.", m.Replaces)
}

func (m MadeKey) warning(r Reader) string {
	if m.Own {
		return r.T("We keep only its hash: nobody can read it again. Put it where your program reads it, then leave this page.")
	}
	return r.T("We keep only its hash: nobody can read it again. Hand it to the customer over a safe way, then leave this page.")
}

func keyID(k billing.APIKey) string { return strconv.FormatInt(k.ID, 10) }
