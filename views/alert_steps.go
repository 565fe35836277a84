package views

// What to do about an alert, step by step: in its messages and on its page of help.
// docs/OPERATIONS.md says more of each.

import "latcom.example/latcom-billing/billing"

// AlertSteps are what to do, the first thing first.
func AlertSteps(r Reader, kind billing.AlertKind) []string {
	var steps []string
	for _, step := range alertSteps[kind] {
		steps = append(steps, r.T(step))
	}
	return steps
}

// AlertName is what alerts of a kind are about, without figures.
func AlertName(r Reader, kind billing.AlertKind) string {
	if name, known := alertNames[kind]; known {
		return r.T(name)
	}
	return string(kind)
}

var alertNames = map[billing.AlertKind]string{
	billing.AlertLoginRefused:    Term("Latcom refuses our login"),
	billing.AlertBreakerOpen:     Term("Orders do not get through to Latcom"),
	billing.AlertSuccessRate:     Term("Too few orders are delivered"),
	billing.AlertLatency:         Term("Latcom takes long"),
	billing.AlertQueueAge:        Term("Orders wait too long"),
	billing.AlertUnknownWaits:    Term("Top-ups are unknown for 15 minutes"),
	billing.AlertUnknownOld:      Term("Top-ups are unknown for a day"),
	billing.AlertContradictions:  Term("Evidence contradicts final top-ups"),
	billing.AlertFloatLow:        Term("The float lasts for less than 24 hours"),
	billing.AlertFloatShort:      Term("The float lasts for less than 4 hours"),
	billing.AlertFloatEmpty:      Term("The float is used up"),
	billing.AlertFloatBelow:      Term("The float is below its level"),
	billing.AlertCustomerBalance: Term("A customer has less than its level"),
	billing.AlertCustomerRunway:  Term("A customer’s credit runs out soon"),
	billing.AlertBooksWrong:      Term("The books do not balance"),
	billing.AlertBooksUnproven:   Term("The books could not be proven"),
	billing.AlertBrokenGlass:     Term("ADMIN_KEY made or reset an admin"),
	billing.AlertDoneAlone:       Term("One operator did what two should have"),
	billing.AlertReplica:         Term("The read replica is not used"),
	billing.AlertDisk:            Term("A disk is nearly full"),
	billing.AlertChannelFailing:  Term("A channel takes no messages"),
}

var alertSteps = map[billing.AlertKind][]string{
	billing.AlertLoginRefused: {
		Term("Read what Latcom says. “IP Address not authorized” means that this server’s address is not on Latcom’s list: ask them to add it."),
		Term("Otherwise compare LATCOM_USERNAME, LATCOM_PASSWORD, LATCOM_DIST_API and LATCOM_USER_UID with what Latcom gave you, and start again."),
		Term("One order at a time goes out to try. When one gets through, everything goes on by itself."),
	},
	billing.AlertBreakerOpen: {
		Term("Ask Latcom whether they have trouble, with the time and the reason."),
		Term("Look at the unknown desk: what hung is held there, and is never sent again by itself."),
		Term("Tell customers if it lasts. When one order gets through, everything goes on by itself."),
	},
	billing.AlertSuccessRate: {
		Term("Look at the causes on the overview: one product, one customer, or all."),
		Term("Pause the product or the customer on the queue’s page if it is only one."),
		Term("Otherwise tell Latcom, with ids of top-ups that failed."),
	},
	billing.AlertLatency: {
		Term("Look whether the queue grows: with slower deliveries the same places carry fewer orders."),
		Term("If it does, raise LATCOM_CONCURRENCY as far as Latcom agrees to, and tell them."),
	},
	billing.AlertQueueAge: {
		Term("See on the queue’s page what holds them: a pause, the breaker, or places that are all taken."),
		Term("With all places taken, raise LATCOM_CONCURRENCY or add an instance with workers."),
	},
	billing.AlertUnknownWaits: {
		Term("Open the unknown desk and look at the evidence of each."),
		Term("Ask Latcom about those without evidence, with their dist_transid."),
	},
	billing.AlertUnknownOld: {
		Term("A customer’s money has been held for a day: get Latcom’s statement for it."),
		Term("Propose a decision on the unknown desk; a second operator confirms it."),
	},
	billing.AlertContradictions: {
		Term("Open the case on the unknown desk and compare both pieces of evidence."),
		Term("Decide whether the loss is ours or the customer is charged; that takes two operators."),
	},
	billing.AlertFloatLow: {
		Term("Send a transfer to Latcom today, and record it on the float’s page when it has arrived."),
	},
	billing.AlertFloatShort: {
		Term("Send a transfer to Latcom now: it takes hours."),
		Term("Record it on the float’s page as soon as Latcom confirms it."),
	},
	billing.AlertFloatEmpty: {
		Term("Orders are refused. Ask Latcom what the float really is; if it is more, record the deposit that is missing."),
		Term("Otherwise send a transfer now, and tell customers."),
	},
	billing.AlertFloatBelow: {
		Term("Send a transfer to Latcom, or lower the level on the page of the alert channels."),
	},
	billing.AlertCustomerBalance: {
		Term("Ask the customer for a deposit, and record it when it has arrived."),
	},
	billing.AlertCustomerRunway: {
		Term("Call the customer: at this pace its orders will soon be refused."),
		Term("Raise its credit limit for a while if you trust it; a second operator approves that."),
	},
	billing.AlertBooksWrong: {
		Term("Pause sending, so that nothing more is added to what may be wrong."),
		Term("Open the books: each row that is wrong is named. Somebody changed the database outside of this program."),
		Term("Keep the database as it is, find out who it was, and compare with the last backup before anything is corrected."),
	},
	billing.AlertBooksUnproven: {
		Term("Open the books and have them proven now; the page says why it failed."),
	},
	billing.AlertBrokenGlass: {
		Term("Ask who used ADMIN_KEY. If nobody here did, change it now, and shut the account out."),
	},
	billing.AlertDoneAlone: {
		Term("Go through the digest with a second operator, and set APPROVAL_LIMIT_USD again."),
	},
	billing.AlertReplica: {
		Term("Nothing is missing: the main database is read instead. Look at its load."),
		Term("The settings’ page says why. Start the replica again, or point DATABASE_REPLICA_URL at one that follows this database."),
	},
	billing.AlertDisk: {
		Term("Make room: remove old exports and logs, or give the disk more space."),
		Term("An embedded database that ran full takes no orders until there is room; nothing that was accepted is lost."),
	},
	billing.AlertChannelFailing: {
		Term("Open the alert channels, read why, and send a test."),
	},
}
