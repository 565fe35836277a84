package torture

// The test of the test: bugs that are planted, each of which must be found.

import (
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
)

// Two guards hide each other: a planted bug takes away what it is about and
// whatever else would stop it. Nothing of it is in the product: it is worded into
// the statements between the engine and the database, into the database itself, or
// into what the engine hears of Latcom.
var planted = []*plant{
	{
		name: "no row lock",
		sql: `ALTER TABLE balances DROP CONSTRAINT available_not_overdrawn, DROP CONSTRAINT held_not_negative;
			DROP INDEX entries_number_taken`,
		rewrite: func(_, query string) string {
			if strings.Contains(query, "FROM balances") {
				return strings.NewReplacer("FOR UPDATE OF b", "", "FOR UPDATE", "").Replace(query)
			}
			return query
		},
	},
	{
		name: "no unique settlement",
		sql: `DROP INDEX entries_one_settlement, entries_one_cost;
			ALTER TABLE balances DROP CONSTRAINT held_not_negative;
			DROP TRIGGER topups_legal_move ON topups;
			DROP TRIGGER attempts_answer_stands ON attempts`,
		rewrite: func(operation, query string) string {
			// To who settles, a top-up that has ended looks as if it were still under way,
			// and an answer that stands can be written again.
			if (operation == "work" || operation == "turn") && strings.Contains(query, "FOR UPDATE OF t") && strings.Contains(query, "age_seconds") {
				query = strings.Replace(query, "t.status,", "CASE WHEN t.status IN ('succeeded', 'failed') THEN 'sending' ELSE t.status END AS status,", 1)
			}
			return strings.Replace(query, "AND (outcome = '' OR outcome = 'unknown' AND $2 <> 'unknown')", "", 1)
		},
	},
	{name: "attempt written after sending", late: true},
	{
		name: "release on timeout",
		answer: func(a billing.Answer) billing.Answer {
			if a.Evidence.Event == "timeout" {
				a.Outcome = billing.OutcomeRefused
			}
			return a
		},
	},
	{
		name: "sent again after a rescue",
		sql: `
			CREATE FUNCTION rescue_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN
				IF NEW.policy_row = 'engine.lost' THEN NEW.outcome := 'not_sent'; END IF;
				RETURN NEW;
			END $$;
			CREATE TRIGGER a_rescue BEFORE UPDATE ON attempts FOR EACH ROW EXECUTE FUNCTION rescue_attempt();
			CREATE FUNCTION rescue_topup() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN
				IF NEW.status = 'unknown' AND EXISTS (SELECT FROM attempts WHERE topup_id = NEW.id AND policy_row = 'engine.lost') THEN
					NEW.status := 'queued';
				END IF;
				RETURN NEW;
			END $$;
			CREATE TRIGGER a_rescue BEFORE UPDATE ON topups FOR EACH ROW EXECUTE FUNCTION rescue_topup();`,
	},
}

// enough is within how many histories a bug has to be found.
const enough = 1000

func TestPlantedBugsAreFound(t *testing.T) {
	first, _ := seeds(t)
	for _, p := range planted {
		t.Run(p.name, func(t *testing.T) {
			counted := &tally{}
			err := liveAll(t, counted, p, first, enough, 4)
			if err == nil {
				t.Fatalf("not found within %d histories", enough)
			}
			what, _, _ := strings.Cut(err.Error(), "\n")
			t.Logf("found after %d histories: %s", counted.of("histories"), what)
			if strings.HasPrefix(what, "the test's own") {
				t.Error("that is no finding: the test itself broke")
			}
		})
	}
}
