package handlers

// The live stream: it says that something changed ("change", with how many
// changes) and that it is alive ("beat"). Parts of the page then read themselves
// again; the stream itself carries no data about anybody.

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

const (
	beatEvery   = 10 * time.Second
	changeEvery = 250 * time.Millisecond // changes in between are told together
)

// stream is whose changes an open page is told of.
type stream struct {
	customerID int64                 // 0: everybody's
	alive      func() bool           // whether the session still is, asked at each beat
	ready      func(context.Context) // waits until a change can be read; nil: at once
}

// live streams changes until the browser leaves, the session ends or the process
// stops; the browser then connects again by itself.
func (s *Site) live(c echo.Context, to stream) error {
	subscription := s.Engine.Subscribe(to.customerID)
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
				if to.ready != nil {
					to.ready(c.Request().Context())
				}
				err = say("change", changed)
				changed, told = 0, time.Now()
			}
		case <-beat.C:
			if !to.alive() {
				return nil
			}
			err = say("beat", 0)
		}
		if err != nil {
			return nil
		}
	}
}
