package simulator

// The book: every dist_transid that was ever asked for, and what was delivered.

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"
)

// Delivery is airtime that reached a phone.
type Delivery struct {
	DistTransID string    `json:"dist_transid"`
	MSISDN      string    `json:"msisdn"` // 10 national digits
	Product     string    `json:"product"`
	Amount      string    `json:"amount"`   // as sent, MXN, 2 decimals
	Received    string    `json:"received"` // on the phone: 16 % more on the open range
	TransID     string    `json:"transId"`
	VenTransID  string    `json:"venTransid"`
	At          time.Time `json:"at"`
	Requests    int       `json:"requests"` // that carried this dist_transid, so far
}

// stage is how far a case has come.
type stage int

const (
	waiting  stage = iota // asked for, turned away so far
	working               // being delivered
	done                  // delivered
	rejected              // refused for good
)

// chance is where the randomness of one dist_transid comes from.
type chance = *rand.Rand

// record is one dist_transid.
type record struct {
	order    order
	stage    stage
	requests int
	refusal  refusal
	at       time.Time
	trans    uint64
}

func (c *record) delivery() Delivery {
	return Delivery{
		DistTransID: c.order.DistTransID, MSISDN: c.order.TargetMSISDN, Product: c.order.ProductID,
		Amount: pesos(c.order.cents), Received: pesos(c.order.received()), TransID: c.transID(),
		VenTransID: c.venTransID(), At: c.at, Requests: c.requests,
	}
}

func (c *record) transID() string    { return fmt.Sprintf("LT%010d", c.trans%1e10) }
func (c *record) venTransID() string { return fmt.Sprintf("%012d", c.trans>>20%1e12) }

type book struct {
	seed uint64

	mu        sync.Mutex
	cases     map[string]*record
	trans     map[uint64]bool // ids in use
	delivered []*record
	requests  int64
}

func newBook(seed uint64) *book {
	return &book{seed: seed, cases: map[string]*record{}, trans: map[uint64]bool{}}
}

// chance is the same for the same seed and dist_transid, whatever runs beside it.
func (b *book) chance(distTransID string) chance {
	h := fnv.New64a()
	_, _ = h.Write(binary.BigEndian.AppendUint64(nil, b.seed)) // a hash never fails
	_, _ = h.Write([]byte(distTransID))
	return rand.New(rand.NewPCG(b.seed, h.Sum64())) //nolint:gosec // fates have to be repeatable, not secret
}

// open counts a request and tells how often the order was asked for before and
// whether it is being, or was, delivered: then it is a duplicate.
func (b *book) open(o order) (c *record, duplicate bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.requests++
	c = b.cases[o.DistTransID]
	if c == nil {
		c = &record{order: o, trans: b.unused(b.chance(o.DistTransID))}
		b.cases[o.DistTransID] = c
	}
	c.requests++
	return c, c.stage == working || c.stage == done
}

func (b *book) unused(random chance) uint64 {
	for {
		if id := random.Uint64(); !b.trans[id%1e10] {
			b.trans[id%1e10] = true
			return id
		}
	}
}

// move sets the stage; only one of two equal orders gets to work.
func (b *book) move(c *record, to stage) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if to == working && (c.stage == working || c.stage == done) {
		return false
	}
	if to == done {
		c.at = time.Now().UTC()
		b.delivered = append(b.delivered, c)
	}
	c.stage = to
	return true
}

// reject ends a case with a refusal, unless it is or was being delivered: then
// the refusal is but an answer.
func (b *book) reject(c *record, why refusal) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c.stage == waiting {
		c.stage, c.refusal = rejected, why
	}
}

// look copies a case; false: nobody ever asked for it.
func (b *book) look(distTransID string) (record, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.cases[distTransID]
	if c == nil {
		return record{}, false
	}
	return *c, true
}

// turn is the number of the request: 1 for the first.
func (b *book) turn(c *record) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return c.requests
}
