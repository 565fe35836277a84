package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"

	"github.com/lib/pq"
)

// outages are the classes of SQLSTATE with which a database says that it cannot
// answer now: connection, rolled back for others, resources, not in this state,
// an operator's hand, its own system.
var outages = []string{"08", "40", "53", "55", "57", "58"}

// Slow says whether the database gave a statement up: for its time, or for that of
// a lock that somebody else held. Nothing of it was done.
func Slow(err error) bool {
	pqErr, is := errors.AsType[*pq.Error](err)
	return is && (pqErr.Code == "57014" || pqErr.Code == "55P03")
}

// Away says whether an error means that the database cannot answer now: gone,
// starting, overloaded, a read-only standby, too slow. The same request may work
// in a moment.
func Away(err error) bool {
	if pqErr := (*pq.Error)(nil); errors.As(err, &pqErr) {
		return slices.Contains(outages, string(pqErr.Code.Class())) || pqErr.Code == "25006" || pqErr.Code == "3D000"
	}
	if netErr := net.Error(nil); errors.As(err, &netErr) {
		return true
	}
	for _, gone := range []error{driver.ErrBadConn, sql.ErrConnDone, io.EOF, io.ErrUnexpectedEOF, context.DeadlineExceeded} {
		if errors.Is(err, gone) {
			return true
		}
	}
	return false
}
