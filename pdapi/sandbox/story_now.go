package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// happening is an incident of now, and when the like of it was seen before.
type happening struct {
	service, title                     string // %d in the title is a number that varies
	value                              int
	status, urgency, priority, cluster string
	ago                                time.Duration
	before                             []seen
}

// seen is an earlier incident and what helped then.
type seen struct {
	days   int // ago
	value  int
	helped string
}

// at is the title with a number.
func (h happening) at(value int) string {
	if !strings.Contains(h.title, "%d") {
		return strings.ReplaceAll(h.title, "%%", "%")
	}
	return fmt.Sprintf(h.title, value)
}

// ongoing is what is happening now: a major incident, what it drags along (those
// with a cluster), and unrelated trouble.
var ongoing = []happening{
	{
		"Warehouse Sync", "Warehouse Sync: nightly import %d hours late", 3, "acknowledged", "low", "P4", "", 5 * time.Hour,
		[]seen{
			{9, 2, "The carrier's file came late. Nothing to do but wait: the import starts by itself once the file is there."},
			{30, 4, "Import hung on a lock of the stock table. Killed the session of the report job; it went through in 20 minutes."},
		},
	},
	{
		"CI Runners", "CI Runners: %d jobs queued for more than 30 minutes", 14, "triggered", "low", "", "", 95 * time.Minute,
		[]seen{
			{6, 22, "Spot instances were taken back. Raised the on-demand share of the runner group to 60% and the queue drained."},
			{41, 17, "Autoscaler had no quota for more machines. Quota raised by the cloud's support."},
		},
	},
	{
		"Payments API", "Payments API: card authorizations failing, %d%% errors", 38, "acknowledged", "high", "P1", "outage", 42 * time.Minute,
		[]seen{
			{23, 41, "What helped: rolled payments-api back to the release before. The new one's HTTP client opened a connection per request " +
				"and ran into the acquirer's limit. Errors were gone 4 minutes after the rollback."},
			{67, 12, "The acquirer had an outage of its own in eu-central. Sent all traffic to the backup acquirer until they were back."},
		},
	},
	{
		"Checkout API", "Checkout API: orders stuck in payment step", 0, "acknowledged", "high", "P2", "outage", 39 * time.Minute,
		[]seen{{23, 0, "Followed the outage of Payments API. After its rollback, replayed the stuck orders with `orders replay --stuck`; all went through."}},
	},
	{
		"Fraud Scoring", "Fraud Scoring: upstream timeouts", 0, "triggered", "high", "P3", "outage", 36 * time.Minute,
		[]seen{
			{23, 0, "Only a symptom: Payments API was slow. Went away with its rollback."},
			{52, 0, "The feature store was restarting. Nothing to do; set the timeout from 2 to 5 seconds afterwards."},
		},
	},
	{
		"Mobile Gateway", "Mobile Gateway: 5xx on /v2/pay above %d%%", 20, "triggered", "high", "P2", "outage", 31 * time.Minute,
		[]seen{{23, 25, "Symptom of the payments outage. Turned on the flag mobile-pay-maintenance so that the apps show a friendly message."}},
	},
	{
		"Refunds Worker", "Refunds Worker: queue depth %d and growing", 12_400, "triggered", "low", "", "outage", 24 * time.Minute,
		[]seen{
			{23, 9_800, "Refunds wait for Payments API and drain by themselves. That took a quarter of an hour after it was back."},
			{15, 6_100, "Two of four workers hung. Restarted them one after the other."},
		},
	},
	// E-mail brings what strangers write: here a right-to-left override and a
	// zero-width space.
	{
		"Nightly Reports", "Re: invoice \u202egnp.exe\u202c attached\u200b", 0, "triggered", "low", "", "", 11 * time.Minute,
		[]seen{{12, 0, "Spam to the address of the e-mail integration. Blocked the sender at the mail gateway."}},
	},
}

// firstOfOutage is the incident with which the outage of the story begins.
func firstOfOutage() happening {
	return ongoing[slices.IndexFunc(ongoing, func(h happening) bool { return h.priority == "P1" })]
}

// addSeenBefore makes the earlier incidents of what is happening now. Those of one
// day and a cluster were one outage: the first of them was the major one, and some
// were merged into it.
func (a *account) addSeenBefore(now time.Time) {
	majors := map[int]*incident{} // by days ago
	for n, h := range ongoing {
		for _, before := range h.before {
			at := now.AddDate(0, 0, -before.days).Add(time.Duration(n)*4*time.Minute - 3*time.Hour)
			i := a.trigger(a.services.Named(h.service), h.at(before.value), at)
			i.urgency = h.urgency
			who := i.assignees[0].user
			i.notes = append(i.notes, note{a.newID('Q'), before.helped, at.Add(40 * time.Minute), who.ref()})
			i.acknowledge(who, at.Add(4*time.Minute))
			over := at.Add(44 * time.Minute)
			switch major := majors[before.days]; {
			case h.cluster == "":
			case h.priority == "P1":
				i.priority, i.fields = a.priorities.Named(h.priority), map[string]any{"environment": "production", "customer_visible": true}
				majors[before.days] = i
			case major != nil && h.status == "triggered" && h.urgency == "high":
				i.mergedInto = major
				over = major.created.Add(20 * time.Minute)
			}
			if i.cluster = ""; h.cluster != "" && majors[before.days] != nil {
				i.cluster = fmt.Sprintf("%s %d days ago", h.cluster, before.days)
			}
			i.end(who, over)
		}
	}
}
