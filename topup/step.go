package topup

// One step at a time: what Run lets the clock and the queue do, for who is both.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"latcom.example/latcom-billing/store"
)

// InstanceID is the name of this instance among the others, in the lists of
// instances, attempts and jobs.
func (e *Engine) InstanceID() string { return e.instanceID }

// Turn does once what Run does again and again: it says that this instance lives,
// looks how things stand, and takes up what was left behind. It tries everything
// and returns what failed.
func (e *Engine) Turn(ctx context.Context) error {
	return errors.Join(e.heartbeat(ctx, "stepped"), e.lookAtBreaker(ctx), e.countInstances(ctx), e.measureWait(ctx), e.Sweep(ctx), e.shareQueue(ctx))
}

// Work works a job that the queue handed to this instance, as a worker of Run
// does. ctx has to carry the queue's client. An error means that the queue has to
// hand the job out again.
func (e *Engine) Work(ctx context.Context, row *rivertype.JobRow) error {
	switch row.Kind {
	case store.SendJob{}.Kind():
		job := &river.Job[store.SendJob]{JobRow: row}
		if err := json.Unmarshal(row.EncodedArgs, &job.Args); err != nil {
			return fmt.Errorf("read job %d: %w", row.ID, err)
		}
		return sendWorker{engine: e}.Work(ctx, job)
	case store.InquireJob{}.Kind():
		job := &river.Job[store.InquireJob]{JobRow: row}
		if err := json.Unmarshal(row.EncodedArgs, &job.Args); err != nil {
			return fmt.Errorf("read job %d: %w", row.ID, err)
		}
		return inquireWorker{engine: e}.Work(ctx, job)
	default:
		return fmt.Errorf("job %d is a %q, which nobody here works", row.ID, row.Kind)
	}
}
