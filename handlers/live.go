package handlers

// The live stream: it says that something changed ("change", with how many
// changes) and that it is alive ("beat"). Parts of the page then read themselves
// again; the stream itself carries no data about anybody.

import (
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

const (
	beatEvery   = 10 * time.Second
	changeEvery = 250 * time.Millisecond // changes in between are told together
)

// live streams the changes of one customer, or of all (0), until the browser
// leaves, the session ends (alive says no at a beat) or the process stops; the
// browser then connects again by itself.
func (s *Site) live(c echo.Context, customerID int64, alive func() bool) error {
	subscription := s.Engine.Subscribe(customerID)
	defer s.Engine.Unsubscribe(subscription)
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // proxies must not gather it
	c.Response().WriteHeader(http.StatusOK)

	say := func(event string, n int) error {
		if _, err := fmt.Fprintf(c.Response(), "event: %s\ndata: %d\n\n", event, n); err != nil {
			return err
		}
		c.Response().Flush()
		return nil
	}
	if err := say("beat", 0); err != nil {
		return nil
	}
	beat, change := time.NewTicker(beatEvery), time.NewTimer(0)
	defer beat.Stop()
	defer change.Stop()
	changed, told := 0, time.Now()
	for {
		var err error
		select {
		case <-c.Request().Context().Done():
			return nil
		case <-s.Engine.Stopping():
			return nil
		case <-subscription.C:
			if changed++; changed == 1 {
				change.Reset(max(0, changeEvery-time.Since(told)))
			}
		case <-change.C:
			if changed > 0 {
				err = say("change", changed)
				changed, told = 0, time.Now()
			}
		case <-beat.C:
			if !alive() {
				return nil
			}
			err = say("beat", 0)
		}
		if err != nil {
			return nil
		}
	}
}
