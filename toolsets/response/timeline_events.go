package response

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/alert"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/record"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

func (t *timeline) add(e event) {
	if !e.At.IsZero() {
		t.Events = append(t.Events, e)
	}
}

// addEntry adds an entry of the log. Where the notes could be read, the entries that
// tell of them say nothing new.
func (t *timeline) addEntry(e pdapi.LogEntry, noted bool) {
	kind := record.EntryKind(e)
	shown := event{At: e.CreatedAt.Time, Kind: kind, What: wording.Excerpt(e.Summary, 500), same: e.ID}
	switch {
	case kind == "annotate" && noted:
		return
	case kind == "annotate", kind == "status_update":
		if kind == "annotate" {
			shown.Kind = "note"
		}
		if text := record.NoteOf(e); text != "" && e.Agent != nil {
			shown.What = e.Agent.Summary + ": " + wording.Excerpt(text, 2000)
		}
	case kind == "notify" && e.User != nil:
		shown.whom, shown.same = e.User.Summary, e.User.ID
		if n := e.Channel.Notification; n != nil {
			shown.how = record.NotifiedBy(n)
		}
	case kind == "trigger" && e.EventDetails != nil && e.EventDetails.Description != "":
		shown.What = strings.TrimSuffix(shown.What, ".") + ": " + wording.Excerpt(e.EventDetails.Description, 500)
	}
	t.add(shown)
}

// addAlert adds an alert, and when it was over if that was before the incident was.
func (t *timeline) addAlert(a pdapi.Alert) {
	shown := alert.Show(a)
	what := wording.Excerpt(shown.Summary, 300)
	if shown.Tool != "" {
		what = shown.Tool + ": " + what
	}
	var facts []string
	for _, f := range []struct{ before, value string }{{shown.Metric + " was ", shown.Value}, {"threshold ", shown.Threshold}, {"on ", shown.Host}} {
		if f.value != "" {
			facts = append(facts, f.before+wording.Excerpt(f.value, 100))
		}
	}
	if len(facts) > 0 {
		what += " [" + strings.Join(facts, "; ") + "]"
	}
	same := shown.Tool + shown.Metric + shown.Summary
	t.add(event{At: shown.CreatedAt, Kind: "alert", What: what, same: same})
	if shown.Status == "resolved" && !shown.ResolvedAt.IsZero() {
		t.add(event{At: shown.ResolvedAt, Kind: "alert over", What: shown.Summary, same: same})
	}
}

func (t *timeline) addResponders(i pdapi.Incident) {
	for _, r := range i.Responders {
		asked := r.User.Summary + " was asked to help"
		if r.Requester != nil {
			asked = r.Requester.Summary + " asked " + r.User.Summary + " to help"
		}
		if r.Message != "" {
			asked += ": " + wording.Excerpt(r.Message, 300)
		}
		t.add(event{At: r.RequestedAt.Time, Kind: "responder", What: asked, same: r.User.ID + "asked"})
		if r.State != "pending" && r.State != "" {
			t.add(event{At: r.UpdatedAt.Time, Kind: "responder", What: r.User.Summary + " " + r.State, same: r.User.ID + r.State})
		}
	}
}

// order puts the events in order. At one moment the cause comes before what follows
// from it, and what the log tells in the log's order.
func (t *timeline) order() {
	rank := map[string]int{"change": 1, "alert": 2, "trigger": 3, "assign": 4, "escalate": 4, "resolve": 6, "alert over": 7, "notify": 9}
	slices.SortStableFunc(t.Events, func(x, y event) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(cmp.Or(rank[x.Kind], 5), cmp.Or(rank[y.Kind], 5)))
	})
}

// fold puts into one what says the same again: the notifications to one person, the
// alerts of one thing, with nothing else in between.
func (t *timeline) fold() {
	var out []event
	for start := 0; start < len(t.Events); {
		noise := func(e event) bool { return e.Kind == "notify" || e.Kind == "alert" || e.Kind == "alert over" }
		end := start
		for end < len(t.Events) && noise(t.Events[end]) {
			end++
		}
		if end == start {
			out = append(out, t.Events[start])
			start++
			continue
		}
		out = append(out, foldRun(t.Events[start:end])...)
		start = end
	}
	t.Events = out
}

// foldRun folds a run of notifications and alerts, in the order in which each began.
func foldRun(run []event) []event {
	var out []event
	folded := map[string][]event{}
	var keys []string
	for _, e := range run {
		key := e.Kind + "/" + e.same
		if folded[key] == nil {
			keys = append(keys, key)
		}
		folded[key] = append(folded[key], e)
	}
	for _, key := range keys {
		same := folded[key]
		one, last := same[0], same[len(same)-1].At
		switch {
		case one.Kind == "notify" && one.whom != "":
			one.What = count(len(same), "notification") + " to " + one.whom
			if ways := ways(same); ways != "" {
				one.What += " by " + ways
			}
		case len(same) > 1:
			one.What = fmt.Sprintf("%d times: %s", len(same), one.What)
		}
		if last.After(one.At) {
			one.What += ", the last " + record.Length(last.Sub(one.At)) + " later"
		}
		out = append(out, one)
	}
	return out
}

// ways are how people were notified, each way once.
func ways(of []event) string {
	var names []string
	for _, e := range of {
		if e.how != "" && !slices.Contains(names, e.how) {
			names = append(names, e.how)
		}
	}
	return strings.Join(names, ", ")
}

func stateOf(i pdapi.Incident, call tool.Reading) string {
	b := briefing{&found{incident: i}, call, triage{}}
	b.state()
	return b.brief.State
}

// markdown writes the timeline for a post-mortem.
func (t *timeline) markdown(i pdapi.Incident, zone *time.Location) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# #%d %s\n\n", i.Number, plainText(i.Title))
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "- **%s:** %s\n", name, value)
		}
	}
	if i.Service != nil {
		line("Service", plainText(i.Service.Summary))
	}
	if i.Priority != nil {
		line("Priority", plainText(i.Priority.Summary))
	}
	line("Began", t.Began.In(zone).Format("2006-01-02 15:04 MST"))
	for _, e := range t.Events {
		if e.Kind == "acknowledge" {
			line("Acknowledged", e.After[1:]+" after the trigger")
			break
		}
	}
	if !i.ResolvedAt.IsZero() {
		line("Resolved", i.ResolvedAt.In(zone).Format("2006-01-02 15:04 MST")+", "+record.Length(i.ResolvedAt.Sub(t.Began))+" after the trigger")
	} else {
		line("Status", i.Status)
	}
	line("Incident", i.HTMLURL)
	fmt.Fprintf(&b, "\n| time (%s) | after the trigger | | what |\n|---|---|---|---|\n", zone)
	day := t.Began.In(zone).Format(time.DateOnly)
	for _, e := range t.Events {
		at := e.At.In(zone)
		layout := "15:04"
		if at.Format(time.DateOnly) != day {
			layout = "2006-01-02 15:04"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", at.Format(layout), e.After, strings.ReplaceAll(e.Kind, "_", " "), plainText(e.What))
	}
	return b.String()
}

// plainText writes a text that strangers wrote so that it stays in its cell and is
// neither HTML nor a link with another text.
func plainText(s string) string {
	return strings.NewReplacer("\\", "\\\\", "|", "\\|", "\r", "", "\n", " ", "<", "&lt;", "[", "\\[", "`", "\\`").Replace(s)
}
