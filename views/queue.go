package views

// What the queue's page is made of.

import (
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// Queue is the page.
type Queue struct {
	Frame
	Now       QueueNow
	Past      []billing.Pause // over, the latest first
	Products  []string
	Customers []billing.Customer
	MayStop   bool
	Browsable bool // the jobs have pages of their own
	Form      PauseForm
}

// QueueNow is what changes by itself.
type QueueNow struct {
	Pauses                  []billing.Pause // that hold
	Orders                  []QueueOrders   // by customer and product, the longest wait first
	Waiting, Again, Sending int
	Oldest                  time.Duration // the longest wait; 0: nothing waits
	Expected, MaxWait       time.Duration // of an order accepted now; when one expires, 0: never
	Places                  int           // at Latcom, all instances together

	Stopped             *Stopped // nil: orders go out
	Failures, TripAfter int      // in a row; as many stop the sending

	Instances []Instance // the living first
	Jobs      []QueueJobs
}

// QueueOrders are the top-ups of one customer and product that have not ended.
type QueueOrders struct {
	CustomerID              int64
	Code, Name, Product     string
	Waiting, Again, Sending int
	Oldest                  time.Duration
}

// Add adds a line, and to the sums.
func (q *QueueNow) Add(o QueueOrders) {
	q.Orders = append(q.Orders, o)
	q.Waiting, q.Again, q.Sending, q.Oldest = q.Waiting+o.Waiting, q.Again+o.Again, q.Sending+o.Sending, max(q.Oldest, o.Oldest)
}

// paused says whether a pause holds these orders back.
func (q QueueNow) paused(o QueueOrders) bool {
	for _, p := range q.Pauses {
		if (p.Product == "" || p.Product == o.Product) && (p.CustomerID == 0 || p.CustomerID == o.CustomerID) {
			return true
		}
	}
	return false
}

// QueueJobs counts the jobs of a kind in a state. Due is how long the oldest has been; below 0 it is not yet.
type QueueJobs struct {
	Kind, State string
	Jobs        int
	Due         time.Duration
}

// Instance is a process that works, or one that fell silent.
type Instance struct {
	ID, Host  string
	StartedAt time.Time
	Silent    time.Duration // since its last sign of life
	Dead      bool          // others take up what it left
	UnderWay  int           // requests to Latcom
}

// figures are the band above the page.
func (q Queue) figures() []ui.Figure {
	return []ui.Figure{
		{Label: q.T("Waiting to be sent"), Value: Integer(q.Now.Waiting), Note: q.oldest()},
		{Label: q.T("Being sent"), Value: Integer(q.Now.Sending), Note: q.T("of %s places", Integer(q.Now.Places))},
		{Label: q.T("Scheduled again"), Value: Integer(q.Now.Again), Note: q.T("Never reached Latcom: sending again is safe")},
		{Label: q.T("Expected wait"), Value: q.expected(), Note: q.expires()},
	}
}

func (q Queue) oldest() string {
	if q.Now.Oldest == 0 {
		return q.T("Nothing waits")
	}
	return q.T("oldest %s", q.Age(q.Now.Oldest))
}

func (q Queue) expected() string {
	if q.Now.Expected == 0 {
		return q.T("None|wait")
	}
	return q.Duration(q.Now.Expected)
}

func (q Queue) expires() string {
	if q.Now.MaxWait == 0 {
		return q.T("Orders wait as long as it takes")
	}
	return q.T("Orders expire after %s", q.Duration(q.Now.MaxWait))
}

// way says how the way to Latcom stands.
func (q Queue) way() ui.Note {
	stopped := q.Now.Stopped
	switch {
	case stopped == nil && q.Now.Failures == 0:
		return ui.Note{Tone: "succeeded", Icon: "plug-zap", Head: q.T("Orders go out."), Text: q.T("The last answers spoke well of the way to Latcom.")}
	case stopped == nil:
		return ui.Note{Tone: "unknown", Icon: "plug-zap", Head: q.T("Orders go out."), Text: q.N(q.Now.Failures, "%s failure in a row; %s stop the sending.", "%s failures in a row; %s stop the sending.", Integer(q.Now.TripAfter))}
	}
	return stopped.note(q.Reader)
}

// note says what an open breaker means.
func (s Stopped) note(r Reader) ui.Note {
	n := ui.Note{Tone: "failed", Icon: "unplug", Head: r.T("Sending to Latcom stopped %s ago: %s", r.Age(s.Since), sentence(s.Reason))}
	switch {
	case s.Trying:
		n.Text = r.T("New orders are refused with 503; what was accepted waits. One order is trying now.")
	case s.Retry > 0:
		n.Text = r.T("New orders are refused with 503; what was accepted waits. One order tries again in %s.", r.Age(s.Retry))
	default:
		n.Text = r.T("What was accepted waits. The next order tries; when it is delivered, all go out again.")
	}
	return n
}

// held is the note of a line: why it does not go.
func (q Queue) held(o QueueOrders) string {
	if q.Now.paused(o) {
		return q.T("Paused")
	}
	if q.Now.Stopped != nil {
		return q.T("Held back")
	}
	return ""
}

// waitingOf is the list of a line's top-ups.
func (o QueueOrders) waitingOf() string {
	return TopUpFilter{Path: AdminTopUpsPath, Typed: map[string][]string{FieldCustomer: {o.Code}, FieldStatus: {"queued", "sending"}}}.without()
}

func (q Queue) due(line QueueJobs) string {
	if line.Due < 0 {
		return q.T("due in %s", q.Age(-line.Due))
	}
	return q.Age(line.Due)
}

// badge says whether an instance lives.
func (q Queue) badge(i Instance) ui.Badge {
	if i.Dead {
		return ui.Badge{Tone: "failed", Icon: "circle-x", Text: q.T("Dead"), Fill: true}
	}
	return ui.Badge{Tone: "succeeded", Icon: "activity", Text: q.T("Lives")}
}

func (q Queue) instanceText(i Instance) string {
	if i.Dead {
		return q.T("Silent for %s. The others took up what it left; what it was sending is unknown.", q.Age(i.Silent))
	}
	return q.T("last sign of life %s ago, %s under way", q.Age(i.Silent), Integer(i.UnderWay))
}

func jobWord(r Reader, kind string) string {
	switch kind {
	case "topup_send":
		return r.T("Carry a top-up to Latcom")
	case "topup_inquire":
		return r.T("Ask Latcom about an unknown outcome")
	case "topups_export":
		return r.T("Write an export")
	}
	return kind
}

func jobState(r Reader, state string) string {
	switch state {
	case "available":
		return r.T("Waits for a place")
	case "running":
		return r.T("In hand")
	case "retryable", "scheduled":
		return r.T("Waits for its time")
	}
	return state
}
