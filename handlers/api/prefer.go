package api

// How long a client prefers to wait (RFC 7240).

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	usualWait   = 25 * time.Second
	longestWait = 60 * time.Second
)

// preference is how long to wait, and what to say of it in Preference-Applied.
type preference struct {
	wait    time.Duration
	applied string
}

// preferenceOf reads the Prefer headers. What it does not know, or cannot read,
// is passed over, as the standard wants it.
func preferenceOf(h http.Header) preference {
	waits := preference{wait: usualWait}
	for _, one := range strings.Split(strings.Join(h.Values("Prefer"), ","), ",") {
		one, _, _ = strings.Cut(one, ";")
		name, value, _ := strings.Cut(one, "=")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "respond-async":
			return preference{applied: "respond-async"}
		case "wait":
			n, err := strconv.Atoi(strings.Trim(strings.TrimSpace(value), `"`))
			if err != nil || n < 0 || waits.applied != "" {
				continue
			}
			n = min(n, int(longestWait.Seconds()))
			waits = preference{wait: time.Duration(n) * time.Second, applied: "wait=" + strconv.Itoa(n)}
		}
	}
	return waits
}
