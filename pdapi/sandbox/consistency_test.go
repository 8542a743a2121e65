package sandbox_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// clocks are times at which an account must not contradict itself: a Monday noon,
// a night, a weekend, handoff to the minute, and days when clocks are changed.
var clocks = []time.Time{
	noon,
	time.Date(2026, time.January, 14, 23, 40, 0, 0, time.UTC),
	time.Date(2026, time.July, 12, 3, 17, 0, 0, time.UTC),
	time.Date(2026, time.June, 1, 9, 0, 0, 0, time.UTC),
	time.Date(2026, time.March, 29, 1, 30, 0, 0, time.UTC),
	time.Date(2026, time.November, 1, 6, 10, 0, 0, time.UTC),
}

// eachAccount runs a test over several accounts and clocks.
func eachAccount(t *testing.T, test func(t *testing.T, a *account, now time.Time)) {
	t.Parallel()
	for n, now := range slices.Concat(clocks, clocks[:2]) {
		seed := uint64(1 + n/3)
		t.Run(fmt.Sprintf("%s seed %d", now.Format(time.RFC3339), seed), func(t *testing.T) {
			t.Parallel()
			test(t, openAt(t, seed, now), now)
		})
	}
}

var openStatuses = "&statuses[]=triggered&statuses[]=acknowledged"

// TestOpenIncidents follows every open incident along its policy and its service.
func TestOpenIncidents(t *testing.T) {
	eachAccount(t, func(t *testing.T, a *account, now time.Time) {
		open := a.all(t, "/incidents?date_range=all"+openStatuses, "incidents")
		if len(open) < 8 {
			t.Fatalf("%d incidents are open", len(open))
		}
		for _, i := range open {
			service := a.get(t, "/services/"+words(i, "service", "id"))["service"].(object)
			pending := map[string]time.Time{}
			for _, action := range list(i["pending_actions"]) {
				pending[words(action, "type")] = at(t, action["at"])
				if !at(t, action["at"]).After(now) {
					t.Errorf("%v: %v is overdue", i["title"], action)
				}
			}
			assignments, acks := list(i["assignments"]), list(i["acknowledgements"])
			if len(assignments) == 0 || (len(acks) > 0) != (i["status"] == "acknowledged") {
				t.Errorf("%v is %v, assigned to %v, acknowledged by %v", i["title"], i["status"], assignments, acks)
				continue
			}
			if timeout, ok := service["acknowledgement_timeout"].(float64); ok && len(acks) > 0 {
				var last time.Time
				for _, ack := range acks {
					if when := at(t, ack["at"]); when.After(last) {
						last = when
					}
				}
				if want := last.Add(time.Duration(timeout) * time.Second); !pending["unacknowledge"].Equal(want) {
					t.Errorf("%v: unacknowledged at %v, want %v", i["title"], pending["unacknowledge"], want)
				}
			}
			if timeout, ok := service["auto_resolve_timeout"].(float64); ok {
				if want := at(t, i["last_status_change_at"]).Add(time.Duration(timeout) * time.Second); !pending["resolve"].Equal(want) {
					t.Errorf("%v: resolved at %v, want %v", i["title"], pending["resolve"], want)
				}
			} else if !pending["resolve"].IsZero() {
				t.Errorf("%v: resolved at %v, without a timeout", i["title"], pending["resolve"])
			}
			if i["assigned_via"] == "escalation_policy" {
				follow(t, a, i, now, pending["escalate"])
			}
		}
	})
}

// follow walks an incident through the levels of its policy, by the documents
// alone, and compares who should have it now with who has.
func follow(t *testing.T, a *account, i object, now, escalates time.Time) {
	t.Helper()
	policy := a.get(t, "/escalation_policies/"+words(i, "escalation_policy", "id")+"?include[]=escalation_rule_assignment_strategies")["escalation_policy"].(object)
	rules := list(policy["escalation_rules"])
	since, level := at(t, i["created_at"]), 0
	onCall := func(level int, when time.Time) []string {
		var ids []string
		for _, o := range a.all(t, fmt.Sprintf("/oncalls?escalation_policy_ids[]=%s&since=%s&until=%[2]s", words(policy, "id"), when.Format(time.RFC3339)), "oncalls") {
			if o["escalation_level"] == float64(level+1) && in(o, "user", "deleted_at") == nil {
				ids = append(ids, words(o, "user", "id"))
			}
		}
		return ids
	}
	moves := i["urgency"] == "high" && i["status"] == "triggered"
	var next time.Time
	for rounds := 0.0; ; {
		delay, _ := rules[level]["escalation_delay_in_minutes"].(float64)
		next = since.Add(time.Duration(delay) * time.Minute)
		last := level+1 == len(rules) && rounds == policy["num_loops"]
		if !moves || last {
			next = time.Time{}
			break
		}
		if next.After(now) {
			break
		}
		since = next
		for level++; ; level++ {
			if level == len(rules) {
				level, rounds = 0, rounds+1
			}
			if len(onCall(level, since)) > 0 {
				break
			}
		}
	}
	want := onCall(level, since)
	for _, held := range list(i["assignments"]) {
		if !slices.Contains(want, words(held, "assignee", "id")) || !at(t, held["at"]).Equal(since) {
			t.Errorf("%v is assigned to %v since %v; level %d has %v since %v", i["title"], words(held, "assignee", "summary"), held["at"], level+1, want, since)
		}
	}
	robin := words(rules[level], "escalation_rule_assignment_strategy", "type") == "round_robin"
	if got := len(list(i["assignments"])); robin && got != 1 || !robin && got != len(want) {
		t.Errorf("%v is assigned to %d of %d, round robin %v", i["title"], got, len(want), robin)
	}
	if !escalates.Equal(next) {
		t.Errorf("%v escalates at %v, want %v", i["title"], escalates, next)
	}
}

var (
	percent   = regexp.MustCompile(`(\d+)%`)
	twice     = regexp.MustCompile(`^(.+): (.+):`)
	ofZones   = regexp.MustCompile(`(\d+) of 3 zones`)
	smallFull = regexp.MustCompile(`^.*(Disk usage|Memory usage at) (\d+)%`)
)

// TestHistory holds what is over to what the account says about itself.
func TestHistory(t *testing.T) {
	eachAccount(t, func(t *testing.T, a *account, now time.Time) {
		number := func(m []string, n int) int { v, _ := strconv.Atoi(m[n]); return v }
		merged := 0
		for _, i := range a.all(t, "/incidents?date_range=all", "incidents") {
			title := words(i, "title")
			if m := percent.FindStringSubmatch(title); m != nil && number(m, 1) > 100 {
				t.Errorf("%q", title)
			}
			if m := ofZones.FindStringSubmatch(title); m != nil && number(m, 1) > 3 {
				t.Errorf("%q", title)
			}
			if m := smallFull.FindStringSubmatch(title); m != nil && number(m, 2) < 80 {
				t.Errorf("%q", title)
			}
			if m := twice.FindStringSubmatch(title); m != nil && m[1] == m[2] {
				t.Errorf("%q", title)
			}
			created := at(t, i["created_at"])
			if created.After(now) {
				t.Errorf("%q is from the future: %v", title, created)
			}
			if i["status"] != "resolved" {
				continue
			}
			if over := at(t, i["resolved_at"]); !over.After(created) || over.After(now) {
				t.Errorf("%q of %v was resolved at %v", title, created, over)
			}
			if len(list(i["assignments"]))+len(list(i["acknowledgements"]))+len(list(i["pending_actions"])) > 0 {
				t.Errorf("%q is over, and somebody's", title)
			}
			if reason, ok := i["resolve_reason"].(object); ok {
				merged++
				into := a.get(t, "/incidents/"+words(reason, "incident", "id"))["incident"].(object)
				if reason["type"] != "merge_resolve_reason" || at(t, into["created_at"]).After(at(t, i["resolved_at"])) || into["resolve_reason"] != nil {
					t.Errorf("%q was merged into %v", title, into["title"])
				}
			}
			hour := created.Hour()
			if slices.Contains([]string{"Order Capture", "Stock Sync", "Recommendations"}, words(i, "service", "summary")) && (hour >= 22 || hour < 6) {
				t.Errorf("%q came at %v, when an event rule suppresses it", title, created)
			}
			if words(i, "service", "summary") == "Pricing Engine" && created.After(now.AddDate(0, 0, -60)) {
				t.Errorf("%q came at %v, when the service was disabled", title, created)
			}
		}
		if merged < 2 {
			t.Errorf("%d incidents were merged", merged)
		}
	})
}

// TestQuietAtNight: the rule that suppresses everything is where nothing comes.
func TestQuietAtNight(t *testing.T) {
	t.Parallel()
	a := open(t)
	for name, always := range map[string]bool{"Order Capture": true, "Stock Sync": true, "Recommendations": true, "Payments API": false} {
		path := a.get(t, "/event_orchestrations/services/"+a.ID("service", name))
		if got := encode(path); !strings.Contains(got, "Quiet at night") || strings.Contains(got, "event.severity") == always {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestStoryHasAPast: every open incident was seen before, and of each but one a note
// says what helped then.
func TestStoryHasAPast(t *testing.T) {
	eachAccount(t, func(t *testing.T, a *account, _ time.Time) {
		for _, i := range a.all(t, "/incidents?date_range=all"+openStatuses, "incidents") {
			past := list(a.get(t, "/incidents/"+words(i, "id")+"/past_incidents")["past_incidents"])
			notes := 0
			for _, p := range past {
				notes += len(list(a.get(t, "/incidents/"+words(p, "incident", "id")+"/notes")["notes"]))
			}
			// Of what nobody needs nobody has written anything.
			if len(past) == 0 || (notes == 0) != (words(i, "service", "summary") == "Push Notifications") {
				t.Errorf("%v was seen before %d times, with %d notes", i["title"], len(past), notes)
			}
		}
	})
}

// TestRelatedFromBothSides: what depends on what doesn't depend on who asks.
func TestRelatedFromBothSides(t *testing.T) {
	t.Parallel()
	a := open(t)
	services := func(relation object) string {
		return words(relation, "metadata", "dependent_services", "id") + " on " + words(relation, "metadata", "supporting_services", "id")
	}
	seen, depending := map[string]string{}, 0
	for _, i := range a.all(t, "/incidents?date_range=all", "incidents") {
		for _, r := range list(a.get(t, "/incidents/"+words(i, "id")+"/related_incidents")["related_incidents"]) {
			id, other, reasons := words(i, "id"), words(r, "incident", "id"), []string{}
			for _, relation := range list(r["relationships"]) {
				reasons = append(reasons, words(relation, "type"), services(relation))
				if words(relation, "type") == "service_dependency" {
					depending++
				}
			}
			back, said := seen[other+id]
			if seen[id+other] = fmt.Sprint(reasons); said && back != seen[id+other] {
				t.Errorf("%s and %s: %s, or %s", id, other, seen[id+other], back)
			}
		}
	}
	for pair := range seen {
		if _, both := seen[pair[14:]+pair[:14]]; !both {
			t.Errorf("%s are related from one side", pair)
		}
	}
	if depending < 6 {
		t.Errorf("%d dependencies", depending)
	}
}

// TestOnCallsAreTheSchedules compares who is on call with the rendered schedules,
// moment by moment.
func TestOnCallsAreTheSchedules(t *testing.T) {
	eachAccount(t, func(t *testing.T, a *account, now time.Time) {
		from, to := now.Add(-100*time.Hour), now.Add(100*time.Hour)
		q := "?since=" + from.Format(time.RFC3339) + "&until=" + to.Format(time.RFC3339)
		final := map[string][]object{}
		for _, s := range a.all(t, "/schedules", "schedules") {
			shown := a.get(t, "/schedules/"+words(s, "id")+q)
			final[words(s, "id")] = list(in(shown, "schedule", "final_schedule", "rendered_schedule_entries"))
		}
		for when := from; when.Before(to); when = when.Add(25 * time.Hour) {
			stamp := when.Format(time.RFC3339)
			for _, o := range a.all(t, "/oncalls?since="+stamp+"&until="+stamp, "oncalls") {
				entries, ok := final[words(o, "schedule", "id")]
				if !ok {
					continue
				}
				n := slices.IndexFunc(entries, func(e object) bool { return !when.Before(at(t, e["start"])) && when.Before(at(t, e["end"])) })
				if n < 0 || words(entries[n], "user", "id") != words(o, "user", "id") {
					t.Errorf("at %s %s has %s on call, not as rendered", stamp, words(o, "schedule", "summary"), words(o, "user", "summary"))
				}
				if when.Before(at(t, o["start"])) || !when.Before(at(t, o["end"])) {
					t.Errorf("at %s: %v", stamp, o)
				}
			}
		}
	})
}
