package views

// How the read replica does, in words.

import "latcom.example/latcom-billing/billing"

// ReplicaWords say why the replica is not read from, and what to look at.
func ReplicaWords(r Reader, problem string) string {
	switch problem {
	case billing.ReplicaAway:
		return r.T("It does not answer.")
	case billing.ReplicaBehind:
		return r.T("It is more than 10 seconds behind.")
	case billing.ReplicaNoStandby:
		return r.T("It is no standby: it was promoted, or DATABASE_REPLICA_URL names another server.")
	case billing.ReplicaStranger:
		return r.T("It is a standby of another database: look at DATABASE_REPLICA_URL.")
	case billing.ReplicaRefuses:
		return r.T("It answers with an error, which the log tells.")
	}
	return r.T("Nobody has looked at it yet.")
}

// replicaFact is the replica's line among the facts about a process.
func replicaFact(r Reader, s billing.ReplicaState) string {
	switch {
	case !s.Set:
		return r.T("None: everything is read from the database itself")
	case s.Problem != "":
		return r.T("Not used.") + " " + ReplicaWords(r, s.Problem)
	}
	return r.T("Lists, reports and files are read from it")
}
