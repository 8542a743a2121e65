package sandbox

import (
	"net/http"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

// abilities are what the plans of accounts may include.
var abilities = []string{
	"coordinated_responding", "event_intelligence", "event_orchestrations", "incident_types", "priorities", "read_only_users", "service_support_hours",
	"shift_based_schedules", "sso", "teams", "urgencies",
}

func abilityRoutes() []route {
	return []route{
		{Pattern: "GET /abilities", Handle: func(c *call) *rest.Answer { return rest.OK(obj{"abilities": c.abilities}) }},
		{Pattern: "GET /abilities/{id}", Handle: testAbility},
	}
}

func testAbility(c *call) *rest.Answer {
	switch name := c.PathValue("id"); {
	case slices.Contains(c.abilities, name):
		return rest.NoContent()
	case slices.Contains(abilities, name):
		return unpaid(name)
	}
	return rest.NotFound()
}

// unpaid is the answer for what the account's plan does not include.
func unpaid(ability string) *rest.Answer {
	return rest.Fail(http.StatusPaymentRequired, 2014, "Account does not have the abilities to perform the action", "Missing ability: "+ability)
}

// needs are the abilities that operations want. Where PagerDuty documents nothing,
// reports of its users differ, and so do the refusals.
var needs = []struct {
	operation, ability string
	refusal            *rest.Answer // unpaid when nil
}{
	{operation: "GET /teams", ability: "teams"},
	{operation: "POST /teams", ability: "teams"},
	{operation: "PUT /teams", ability: "teams"},
	{operation: "DELETE /teams", ability: "teams"},
	{operation: "GET /priorities", ability: "priorities", refusal: &rest.Answer{Status: http.StatusPaymentRequired, Body: obj{"error": "Priorities are not part of this plan"}}},
	{operation: "POST /incidents/{id}/responder_requests", ability: "coordinated_responding"},
	{operation: "PUT /incidents/{id}/responder_requests/cancel", ability: "coordinated_responding"},
	{operation: "GET /incidents/types", ability: "incident_types"},
	{operation: "GET /incidents/{id}/past_incidents", ability: "event_intelligence"},
	{operation: "GET /incidents/{id}/related_incidents", ability: "event_intelligence", refusal: rest.Fail(http.StatusForbidden, 2010, "Access Denied")},
	{operation: "GET /incidents/{id}/outlier_incident", ability: "event_intelligence", refusal: &rest.Answer{Status: http.StatusNotFound, Raw: []byte{}}},
	{operation: "GET /event_orchestrations", ability: "event_orchestrations", refusal: rest.FailFlat(http.StatusPaymentRequired, 2014, "Payment Required")},
	{operation: "PUT /event_orchestrations", ability: "event_orchestrations", refusal: rest.FailFlat(http.StatusPaymentRequired, 2014, "Payment Required")},
}

// lacks is the refusal of what the account's plan does not include, or nil.
func (c *call) lacks(operation string) *rest.Answer {
	refuse := func(ability string) bool { return !slices.Contains(c.abilities, ability) }
	for _, n := range needs {
		if !strings.HasPrefix(operation, n.operation) || !refuse(n.ability) {
			continue
		}
		if n.refusal != nil {
			return n.refusal
		}
		return unpaid(n.ability)
	}
	q := c.URL.Query()
	switch {
	case q.Has("team_ids[]") && refuse("teams"):
		return unpaid("teams")
	case refuse("urgencies") && (q.Has("urgencies[]") || strings.Contains(q.Get("sort_by"), "urgency")):
		return unpaid("urgencies")
	}
	return nil
}
