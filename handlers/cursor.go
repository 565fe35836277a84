package handlers

// A cursor is a place in a list of top-ups, as the address carries it: opaque,
// and exact to the microsecond that the database keeps.

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
)

const cursorLength = 8 + 16 // microseconds since 1970, then the id

var errCursor = errors.New("not a place in a list")

func writeCursor(t billing.TopUp) string {
	place := binary.BigEndian.AppendUint64(nil, uint64(t.CreatedAt.UnixMicro()))
	return base64.RawURLEncoding.EncodeToString(append(place, t.ID.UUID[:]...))
}

func readCursor(text string) (*billing.Cursor, error) {
	place, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(place) != cursorLength || strings.ContainsAny(text, "\r\n") { // which the decoder skips
		return nil, errCursor
	}
	micros := binary.BigEndian.Uint64(place)
	if micros > 1<<60 { // some 36,000 years
		return nil, errCursor
	}
	return &billing.Cursor{
		CreatedAt: time.UnixMicro(int64(micros)),
		ID:        billing.TopUpID{UUID: uuid.UUID(place[8:])},
	}, nil
}
