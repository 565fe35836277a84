package load

// What was accepted is asked for once more.

import (
	"context"
	"fmt"
	"net/http"
	"sync"
)

const askers = 8

// account asks for every accepted order by its id, and looks by its reference for each
// of which nobody knows whether it was accepted.
func (r *Runner) account(ctx context.Context, result *Result) error {
	orders := make(chan *Order)
	var mu sync.Mutex
	var failed error
	var under sync.WaitGroup
	for range askers {
		under.Go(func() {
			for o := range orders {
				lost, err := r.look(ctx, o)
				mu.Lock()
				if lost {
					result.Lost = append(result.Lost, o.ID)
				}
				if err != nil && failed == nil {
					failed = err
				}
				mu.Unlock()
			}
		})
	}
	for _, o := range result.Orders {
		orders <- o
	}
	close(orders)
	under.Wait()
	return failed
}

func (r *Runner) look(ctx context.Context, o *Order) (lost bool, err error) {
	ask, what := r.API.TopUp, o.ID
	if o.ID == "" {
		ask, what = r.API.Find, o.Reference
	}
	answer, err := ask(ctx, what)
	switch {
	case err != nil:
		return false, fmt.Errorf("ask for %s again: %w", what, err)
	case answer.HTTP == http.StatusNotFound:
		return o.ID != "", nil
	case answer.HTTP != http.StatusOK:
		return false, fmt.Errorf("ask for %s again: answered %d %s", what, answer.HTTP, answer.Code)
	case answer.ID != "":
		o.take(answer)
	}
	return false, nil
}
