package billing

// Four eyes: what waits for a second operator, and who that may be.

import "time"

// ApprovalTime is how long a waiting request can be approved.
const ApprovalTime = 24 * time.Hour

// DefaultApprovalLimit is APPROVAL_LIMIT_USD where nobody set it, in USD. Where
// approvals are switched off it still tells what one operator did that two should
// have done.
var DefaultApprovalLimit = MustUSD("1000")

// OperatorStanding is what decides whether an operator may be the second one.
type OperatorStanding struct {
	ID            int64      `db:"id"`
	MadeBy        *int64     `db:"made_by"`        // who made or last reset the account; nil: nobody in particular
	ApprovesFrom  *time.Time `db:"approves_from"`  // approves nothing before; nil: at once
	ApprovesLater bool       `db:"approves_later"` // that moment is still to come, by the database's clock
}

// MayDecide says whether an operator may decide what another asked for (nil: the
// command line). Nobody decides his own (ErrOwnRequest), also not with an account
// that the one who asked made or reset (ErrOwnMaking); an account that breaking
// the glass made waits for its time (ErrApprovesLater).
func MayDecide(requester *int64, decider OperatorStanding) error {
	if requester != nil {
		if *requester == decider.ID {
			return ErrOwnRequest
		}
		if decider.MadeBy != nil && *decider.MadeBy == *requester {
			return ErrOwnMaking
		}
	}
	if decider.ApprovesLater {
		return ErrApprovesLater
	}
	return nil
}

// MayConfirm is MayDecide about a top-up. Where approvals are switched off (limit
// zero) one operator may do both; that is then said of the decision (oneOperator).
func MayConfirm(proposer int64, decider OperatorStanding, limit USD) (oneOperator bool, err error) {
	if limit.Sign() == 0 {
		return proposer == decider.ID, nil
	}
	return false, MayDecide(&proposer, decider)
}
