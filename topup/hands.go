package topup

// What this process has in hand: a top-up is in one pair of hands at most, from
// before its attempt is written until the answer is.

import (
	"sync"

	"latcom.example/latcom-billing/billing"
)

// hands is safe for any number of goroutines.
type hands struct {
	mu     sync.Mutex
	topUps map[billing.TopUpID]int64 // and the job that brought each
}

// take is false when another job of this process has the top-up in hand.
func (h *hands) take(id billing.TopUpID, jobID int64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, taken := h.topUps[id]; taken {
		return false
	}
	if h.topUps == nil {
		h.topUps = map[billing.TopUpID]int64{}
	}
	h.topUps[id] = jobID
	return true
}

func (h *hands) put(id billing.TopUpID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.topUps, id)
}

func (h *hands) hold(id billing.TopUpID) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, held := h.topUps[id]
	return held
}

// jobs lists the ids of the jobs in hand.
func (h *hands) jobs() []int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	ids := make([]int64, 0, len(h.topUps))
	for _, id := range h.topUps {
		ids = append(ids, id)
	}
	return ids
}
