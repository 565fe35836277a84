package handlers

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestAStopWaitsUntilWhoeverKeepsAskingHasHeardOfIt(t *testing.T) {
	for name, test := range map[string]struct {
		every, quiet, least, most time.Duration // between questions; since the last one
	}{
		"nobody asks":                   {0, 0, 0, 0},
		"a quick one":                   {200 * time.Millisecond, 100 * time.Millisecond, leastDrain, leastDrain},
		"a slow one":                    {5 * time.Second, time.Second, 20 * time.Second, 20 * time.Second},
		"a very slow one":               {time.Minute, time.Second, 30 * time.Second, 30 * time.Second},
		"one that has not asked lately": {time.Second, time.Minute, 0, 0},
		"one that asked once":           {-1, time.Second, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := NewReadiness()
				by := &http.Request{RemoteAddr: "192.0.2.7:1234"}
				for i := range 6 {
					if test.every == 0 || test.every < 0 && i > 0 {
						break
					}
					if r.asked(by) {
						t.Error("it is stopping before it was told to")
					}
					<-time.After(max(0, test.every))
				}
				<-time.After(test.quiet)
				begun := time.Now()
				r.Drain(context.Background(), 30*time.Second)
				if took := time.Since(begun); took < test.least || took > test.most {
					t.Errorf("it took %s", took)
				}
				if !r.asked(by) {
					t.Error("who asks is not told")
				}
			})
		})
	}
}
