package response

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/alert"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// first is when it began: at the first alert, or when the incident was opened.
func (b *briefing) first() time.Time {
	began := b.incident.CreatedAt.Time
	alerts, _ := b.alerts.get()
	for _, a := range alerts {
		if !a.CreatedAt.IsZero() && a.CreatedAt.Before(began) {
			began = a.CreatedAt.Time
		}
	}
	return began
}

// sameAlert are alerts of one thing that was measured, the newest of which is shown.
type sameAlert struct {
	newest alert.Alert
	times  int
	over   int // how many of them are resolved
	first  time.Time
}

// fired says what the alerts are, those of one metric in one line.
func (b *briefing) fired() {
	alerts, ok := got(b, "alerts", b.alerts)
	if !ok {
		return
	}
	var order []string
	groups := map[string]*sameAlert{}
	for _, a := range alerts { // the newest first
		shown := alert.Show(a)
		key := shown.Tool + "/" + shown.Metric
		if shown.Metric == "" {
			key = shown.Tool + "/" + shown.Summary
		}
		g := groups[key]
		if g == nil {
			g = &sameAlert{newest: shown}
			groups[key], order = g, append(order, key)
		}
		g.times++
		g.first = shown.CreatedAt
		if shown.Status == "resolved" {
			g.over++
		}
	}
	var lines []string
	for _, key := range order {
		lines = append(lines, b.alertLine(groups[key]))
	}
	lines = most(lines, 6, "list_alerts_from_incident")
	counts := "no alerts: it was opened by hand or through the API"
	if c := b.incident.AlertCounts; c != nil && c.All > 0 {
		counts = count(c.All, "alert")
		if c.Resolved > 0 {
			counts += fmt.Sprintf(", %d over", c.Resolved)
		}
		if c.All > len(alerts) {
			counts += fmt.Sprintf("; the newest %d were read", len(alerts))
		}
	} else if len(alerts) > 0 {
		counts = count(len(alerts), "alert")
	}
	b.brief.Fired = append([]string{counts}, lines...)
}

// count writes a number of things: 1 alert, 2 alerts.
func count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

// alertLine is an alert in a line: what, how much, where, since when, and a link.
func (b *briefing) alertLine(g *sameAlert) string {
	a := g.newest
	line := wording.Excerpt(a.Summary, maxTitle)
	if a.Tool != "" {
		line = a.Tool + ": " + line
	}
	var facts []string
	if a.Metric != "" {
		measured := wording.Excerpt(a.Metric, 80)
		if a.Value != "" {
			measured += " was " + wording.Excerpt(a.Value, 40)
		}
		facts = append(facts, measured)
	}
	if a.Threshold != "" {
		facts = append(facts, "threshold "+wording.Excerpt(a.Threshold, 40))
	}
	if a.Host != "" {
		facts = append(facts, "on "+wording.Excerpt(a.Host, 100))
	}
	switch {
	case g.times > 2 && g.over >= g.times-1:
		facts = append(facts, fmt.Sprintf("comes and goes: %d times since %s, the last %s", g.times, b.when(g.first), b.when(a.CreatedAt)))
	case g.times > 1:
		facts = append(facts, fmt.Sprintf("%d times since %s, the last %s", g.times, b.when(g.first), b.when(a.CreatedAt)))
	default:
		facts = append(facts, b.when(a.CreatedAt))
	}
	if a.Status == "resolved" {
		facts = append(facts, "over")
	}
	line += " [" + strings.Join(facts, "; ") + "]"
	for _, l := range a.Links {
		if l.Text != "" && len(l.URL) < 160 {
			return line + " " + l.URL
		}
	}
	return line
}

// author is who made a change, as far as it says.
func author(c pdapi.ChangeEvent) string {
	var details map[string]any
	if json.Unmarshal(c.Details, &details) != nil {
		return ""
	}
	for _, name := range []string{"author", "user", "deployed_by", "actor"} {
		if who, ok := details[name].(string); ok {
			return wording.Excerpt(who, 60)
		}
	}
	return ""
}
