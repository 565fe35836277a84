package api

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
)

func TestASlowBodyIsGivenUpAndAPatientOrderIsNot(t *testing.T) {
	t.Parallel()
	p, release := held(billing.OutcomeDelivered)
	t.Cleanup(release)
	s := start(t, p)
	_, key := s.customer("10")
	tests := []struct {
		what, key, body string
		length, status  int
	}{
		{"half a body", key, `{"phone":`, 100, http.StatusBadRequest},
		{"half a body with a wrong key", "wrong", `{"phone":`, 100, http.StatusUnauthorized},
		{"a whole body", key, orderOf("r"), len(orderOf("r")), http.StatusAccepted},
	}
	for _, tt := range tests {
		t.Run(tt.what, func(t *testing.T) {
			t.Parallel()
			connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer connection.Close()
			_ = connection.SetDeadline(time.Now().Add(bodyTime + 20*time.Second))
			_, err = fmt.Fprintf(connection, "POST /api/v1/topups HTTP/1.1\r\nHost: api\r\nX-API-Key: %s\r\nPrefer: wait=%d\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
				tt.key, int(bodyTime.Seconds())+2, tt.length, tt.body)
			if err != nil {
				t.Fatal(err)
			}
			response, err := http.ReadResponse(bufio.NewReader(connection), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if response.StatusCode != tt.status {
				t.Errorf("got %d, want %d", response.StatusCode, tt.status)
			}
		})
	}
}
