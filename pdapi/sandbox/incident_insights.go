package sandbox

import (
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

// brief is an incident as the AIOps endpoints show it.
func (i *incident) brief() obj {
	return obj{"id": i.id, "created_at": stamp(i.created), "self": apiURL + "/incidents/" + i.id, "title": i.title}
}

func (a *account) alike(i *incident) []*incident {
	var rows []*incident
	for _, other := range a.incidents.All() {
		if other != i && other.service == i.service && other.pattern == i.pattern && other.created.Before(i.created) {
			rows = append(rows, other)
		}
	}
	slices.Reverse(rows)
	return rows
}

func pastIncidents(c *call, i *incident) *rest.Answer {
	limit := c.Int("limit", 5)
	rows := slices.DeleteFunc(c.alike(i), func(other *incident) bool { return other.status != "resolved" })
	past := []obj{}
	for n, other := range rows[:min(limit, len(rows))] {
		past = append(past, obj{"incident": other.brief(), "score": 48.75 - float64(n)})
	}
	a := obj{"past_incidents": past, "limit": limit}
	if c.URL.Query().Get("total") == "true" {
		a["total"] = len(rows)
	}
	return rest.OK(a)
}

func relatedIncidents(c *call, i *incident) *rest.Answer {
	related := []obj{}
	for _, other := range c.incidents.All() {
		if i.cluster == "" || other == i || other.cluster != i.cluster || len(related) == 20 {
			continue
		}
		shown := other.brief()
		if slices.Contains(c.URL.Query()["additional_details[]"], "incident") {
			shown = other.object(time.UTC)
		}
		reasons := []obj{{"type": "machine_learning_inferred", "metadata": obj{
			"grouping_classification": "similar_contents",
			"user_feedback":           obj{"positive_feedback_count": 2, "negative_feedback_count": 0},
		}}}
		if dependent, supporting := i.service, other.service; c.depends(dependent, supporting) || c.depends(supporting, dependent) {
			if !c.depends(dependent, supporting) {
				dependent, supporting = supporting, dependent
			}
			reasons = append(reasons, obj{"type": "service_dependency", "metadata": obj{
				"dependent_services": dependent.technical(), "supporting_services": supporting.technical(),
			}})
		}
		related = append(related, obj{"incident": shown, "relationships": reasons})
	}
	return rest.OK(obj{"related_incidents": related})
}

func outlierIncident(c *call, i *incident) *rest.Answer {
	since := c.Now.AddDate(0, -6, 0)
	if s := c.URL.Query().Get("since"); s != "" {
		since, _ = time.Parse(time.RFC3339, s)
	}
	count := 1
	for _, other := range c.alike(i) {
		if !other.created.Before(since) {
			count++
		}
	}
	category := "novel"
	switch {
	case count > 4:
		category = "frequent"
	case count > 1:
		category = "rare"
	}
	shown := i.brief()
	if slices.Contains(c.URL.Query()["additional_details[]"], "incident") {
		shown = i.object(time.UTC)
	}
	shown["occurrence"] = obj{
		"count": count, "frequency": float64(count) / 100, "category": category, "since": stamp(since), "until": stamp(c.Now),
	}
	return rest.OK(obj{"outlier_incident": obj{"incident": shown, "incident_template": obj{
		"id": "PTEMPLATE", "cluster_id": "PCLUSTER", "mined_text": i.pattern,
	}}})
}
