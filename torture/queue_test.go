package torture

// The queue's part: it hands jobs out, several times if it must, and somebody has
// his hands in its tables.

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/riverqueue/river/rivertype"

	"latcom.example/latcom-billing/store"
)

// claim hands out any job, whether or not it is due: the clock of the histories is
// a virtual one.
func (h *history) claim(on *instance) *rivertype.JobRow { return h.hand(on, `true`) }

// claimDue hands out a job that is due.
func (h *history) claimDue(on *instance) *rivertype.JobRow {
	return h.hand(on, `scheduled_at <= clock.now()`)
}

func (h *history) hand(on *instance, which string) *rivertype.JobRow {
	row := &rivertype.JobRow{State: rivertype.JobStateRunning, MaxAttempts: 1000}
	h.query(`
		UPDATE river_job
		SET state = 'running', attempt = attempt + 1, attempted_at = clock.now(), attempted_by = array_append(attempted_by, $1)
		WHERE id = (
			SELECT id FROM river_job WHERE state IN ('available', 'scheduled', 'retryable') AND `+which+`
			ORDER BY (id * 7919 + $2) % 1009 LIMIT 1)
		RETURNING id, kind, args, queue, attempt`, func(scan func(...any) error) error {
		return scan(&row.ID, &row.Kind, &row.EncodedArgs, &row.Queue, &row.Attempt)
	}, on.engine.InstanceID(), h.rng.Int64N(1009))
	if row.ID == 0 {
		return nil
	}
	return row
}

// returned is what the queue does with a job when its worker is done.
func (h *history) returned(row *rivertype.JobRow, err error) {
	state := "completed"
	switch {
	case errors.Is(err, errCrashed):
		return // nobody is there to say anything
	case err != nil:
		state = "retryable"
	}
	fine(exec(h.world.db.DB, `
		UPDATE river_job
		SET state = CAST($2 AS river_job_state), finalized_at = CASE WHEN $2 = 'completed' THEN clock.now() END
		WHERE id = $1 AND state = 'running'`, row.ID, state))
}

// work draws what goes wrong with a job.
func (h *history) work(on *instance) *operation {
	op := h.operation("work", on, 0.3)
	switch {
	case h.chance(0.22):
		op.line = pick(h, lineFaults)
	case h.chance(0.12) && len(h.flights) < 3 && !on.plantsLate(): // which holds locks meanwhile
		op.hold = pick(h, []string{holdBefore, holdAfter})
	}
	return op
}

func (h *history) workOne() {
	op := h.work(h.someone())
	row := h.claim(op.on)
	if row == nil {
		return
	}
	o := h.orderOf(row)
	before := o.status
	over, err := h.does(op, h.workOf(op, row))
	h.tell("%s works %s of %s, which is %s %v: %v", op.on.name, row.Kind, o.reference, before, op.struck, err)
	h.worked(op, row, o, over, err)
}

func (h *history) worked(op *operation, row *rivertype.JobRow, o *order, over bool, err error) {
	if !over {
		h.flights = append(h.flights, &flight{op, row, o})
		return
	}
	if op.unexpected(err) {
		h.fail("the job of %s: %v", o.reference, err)
	}
	h.returned(row, err)
}

// workMany works several jobs at once.
func (h *history) workMany() {
	ops, rows := []*operation{}, []*rivertype.JobRow{}
	for range 2 + h.rng.IntN(4) {
		op := h.work(h.someone())
		op.hold = ""
		row := h.claim(op.on)
		if row == nil {
			break
		}
		ops, rows = append(ops, op), append(rows, row)
	}
	h.tell("%d jobs at once", len(rows))
	for n, op := range ops {
		op.beside = ops
		op.start(h.workOf(op, rows[n]))
	}
	errs := make([]error, len(ops))
	for n, op := range ops {
		_, err, hangs := op.settles()
		if hangs {
			h.fail("a job of %s does not end", op.on.name)
		}
		errs[n] = err
	}
	h.latcom.calm()
	h.bury()
	for n, op := range ops {
		o := h.orderOf(rows[n])
		h.tell("  %s of %s by %s %v: %v", rows[n].Kind, o.reference, op.on.name, op.struck, errs[n])
		h.worked(op, rows[n], o, true, errs[n])
	}
}

// release lets Latcom answer what it held.
func (h *history) release() {
	ready := keep(h.flights, func(f *flight) bool { return !f.o.on.paused })
	if len(ready) > 0 {
		h.land(pick(h, ready))
	}
}

func (h *history) land(f *flight) {
	h.flights = keep(h.flights, func(other *flight) bool { return other != f })
	f.o.parked = nil
	h.latcom.release(f.order.distTransID)
	_, err := h.outcome(f.o)
	h.tell("Latcom answers about %s, which was %s: %v", f.order.reference, f.order.status, err)
	h.worked(f.o, f.job, f.order, true, err)
}

// meddle is a hand in the queue's tables, or the queue's own rescue.
func (h *history) meddle() {
	what := pick(h, []struct{ name, sql string }{
		{"jobs deleted", `DELETE FROM river_job WHERE state <> 'running'`},
		{"jobs discarded", `UPDATE river_job SET state = 'discarded', finalized_at = clock.now() WHERE state NOT IN ('running', 'completed')`},
		{"running jobs rescued by the queue", `UPDATE river_job SET state = 'available' WHERE state = 'running'`},
		{"jobs doubled", `
			INSERT INTO river_job (kind, args, queue, state, max_attempts, created_at, scheduled_at)
			SELECT kind, args, queue, 'available', 1000, clock.now(), clock.now() FROM river_job WHERE state IN ('available', 'running')`},
		{"jobs postponed for a day", `UPDATE river_job SET state = 'scheduled', scheduled_at = clock.now() + interval '1 day' WHERE state = 'available'`},
	})
	h.tell("a hand in the queue: %s", what.name)
	h.world.tally.add(what.name)
	fine(exec(h.world.db.DB, what.sql))
}

// orderOf is the order that a job is about.
func (h *history) orderOf(row *rivertype.JobRow) *order {
	var job store.SendJob // an inquiry names its top-up alike
	fine(json.Unmarshal(row.EncodedArgs, &job))
	for _, o := range h.orders {
		if o.id == job.TopUp.String() {
			return o
		}
	}
	h.fail("the job %d is about %s, which nobody asked for", row.ID, job.TopUp)
	return nil
}

// workOf is a worker's call.
func (h *history) workOf(op *operation, row *rivertype.JobRow) func(context.Context) error {
	return func(ctx context.Context) error { return op.on.work(ctx, row) }
}
