package billing

// How the read replica does.

import "time"

// ReplicaMostLag is how far behind the replica may be; beyond it the database
// itself is read.
const ReplicaMostLag = 10 * time.Second

// Why the replica is not read from. Its words are in views/replica_words.go.
const (
	ReplicaAway      = "away"       // it does not answer
	ReplicaBehind    = "behind"     // by more than ReplicaMostLag
	ReplicaNoStandby = "no standby" // it was promoted, or never was one
	ReplicaStranger  = "stranger"   // it is a standby of another database
	ReplicaRefuses   = "refuses"    // it answers with an error: rights, a query that it had to give up
	ReplicaUnseen    = "unseen"     // nobody has looked at it yet
)

// ReplicaState is how the replica does, as one process sees it.
type ReplicaState struct {
	Set     bool          // there is one
	Problem string        // why it is not read from; empty: it is
	Lag     time.Duration // how far it was behind when it was last looked at
}
