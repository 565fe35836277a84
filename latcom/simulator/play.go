package simulator

// The sandbox's part: the documented numbers in place of the fates, and answers to
// inquiries about orders that another simulator took.

import (
	"context"
	"time"

	"latcom.example/latcom-billing/sandbox"
)

// Sandbox makes a simulator play the documented numbers of the package sandbox.
type Sandbox struct {
	Hurry float64 // how many times faster than documented; 0: as documented

	// Recall finds the phone, 10 national digits, of an order that this simulator
	// never saw: another instance's, or one from before a restart.
	Recall func(ctx context.Context, distTransID string) (phone string, known bool)
}

// play answers as the table says for the phone.
func (s *Simulator) play(v *visit) {
	n, documented := sandbox.Read(v.record.order.TargetMSISDN)
	hurried := func(d time.Duration) time.Duration { return sandbox.Hurried(d, s.options.Sandbox.Hurry) }
	if !documented {
		v.takes = hurried(sandbox.OthersAtLeast + time.Duration(v.random.Float64()*float64(sandbox.OthersAtMost-sandbox.OthersAtLeast)))
		success(s, v)
		return
	}
	if n.Delay.Never && n.Outcome.Play != sandbox.NeverSent {
		s.book.move(v.record, working) // and it stays so
		cutOff(v.w)
		return
	}
	v.takes = hurried(n.Delay.Takes)
	plays[n.Outcome.Play](s, v)
}

// plays are the acts of the outcomes; those that are not here are the API's to play,
// and a delivery to Latcom.
var plays = map[sandbox.Play]act{
	sandbox.Delivered:     success,
	sandbox.RefusedNumber: after(refuse(numberUnknown)),
	sandbox.RefusedByUs:   after(refuse(productUnknown)),
	sandbox.RefusedUnseen: after(refuse(neverSeen)),
	sandbox.SentLater:     firstThen(throttle, success),
	sandbox.NeverSent:     throttle,
	sandbox.ProvenYes:     deliverThen(closeOnly),
	sandbox.ProvenNo:      after(rejectUnheard),
	sandbox.Reversed:      success,
	sandbox.AnswerLost:    success,
	sandbox.ShortFirst:    success,
	sandbox.LimitedFirst:  success,
	sandbox.AwayFirst:     success,
}

// after lets the delay of the phone pass before it acts.
func after(then act) act {
	return func(s *Simulator, v *visit) {
		s.wait(v.takes)
		then(s, v)
	}
}

// rejectUnheard refuses for good, and its answer is lost.
func rejectUnheard(s *Simulator, v *visit) {
	s.book.reject(v.record, numberUnknown)
	cutOff(v.w)
}

// recalled makes up the case of an order that another simulator took: the same as
// that one's, because a phone says all of it.
func (s *Simulator) recalled(ctx context.Context, distTransID string) (record, bool) {
	if s.options.Sandbox == nil || s.options.Sandbox.Recall == nil {
		return record{}, false
	}
	phone, known := s.options.Sandbox.Recall(ctx, distTransID)
	if !known {
		return record{}, false
	}
	c := record{order: order{DistTransID: distTransID, TargetMSISDN: phone}, trans: s.book.chance(distTransID).Uint64(), stage: done}
	n, documented := sandbox.Read(phone)
	switch {
	case !documented:
	case n.Delay.Never:
		c.stage = working
	case n.Outcome.Ends == "failed":
		c.stage, c.refusal = rejected, numberUnknown
	}
	return c, true
}
