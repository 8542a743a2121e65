package sandbox

import "github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"

type priority struct {
	record
	description string
}

func (p *priority) object() obj {
	return obj{
		"id": p.id, "type": "priority", "summary": p.name, "self": apiURL + "/priorities/" + p.id, "html_url": nil,
		"name": p.name, "description": p.description,
	}
}

func priorityRoutes() []route {
	return []route{{Pattern: "GET /priorities", Query: rest.Paging(), Handle: func(c *call) *rest.Answer {
		return rest.Page(c.Call, "priorities", c.priorities.All(), (*priority).object)
	}}}
}
