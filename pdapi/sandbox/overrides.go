package sandbox

import (
	"net/http"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

func overrideRoutes() []route {
	return []route{{
		Pattern: "POST /schedules/{id}/overrides", Handle: layerBased(createOverrides),
		Body: rest.Envelope("overrides", rest.List(100, rest.Map(rest.Fields{
			"start": rest.Instant().Required(), "end": rest.Instant().Required(), "user": rest.Reference("user_reference").Required(),
		}))),
	}}
}

// createOverrides makes the overrides it can: each has its own result.
func createOverrides(c *call, s *schedule) *rest.Answer {
	results := []obj{}
	for _, item := range c.Body["overrides"].([]any) {
		in := item.(obj)
		start, _ := time.Parse(time.RFC3339, rest.Text(in, "start"))
		end, _ := time.Parse(time.RFC3339, rest.Text(in, "end"))
		u := c.user(rest.Text(in, "user", "id"))
		shown := obj{"start": rest.Text(in, "start"), "end": rest.Text(in, "end"), "user": obj{"id": rest.Text(in, "user", "id"), "type": "user_reference"}}
		result := obj{"status": http.StatusCreated, "override": shown}
		refused := ""
		switch {
		case u == nil:
			refused = "User not found"
		case !end.After(start):
			refused = "Override must end after its start"
		case !end.After(c.Now):
			refused = "Override must end in the future"
		}
		if refused != "" {
			result["status"], result["errors"] = http.StatusBadRequest, []string{refused}
		} else {
			o := &override{c.newID('Q'), u, start, end}
			s.overrides = append(s.overrides, o)
			shown["id"], shown["user"] = o.id, u.ref()
		}
		results = append(results, result)
	}
	return rest.Created(results)
}
