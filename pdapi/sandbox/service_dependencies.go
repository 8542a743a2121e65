package sandbox

import (
	"slices"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

// depends reports whether one service depends on another.
func (a *account) depends(dependent, supporting *service) bool {
	return slices.Contains(supporting.supports, dependent)
}

// technical is a service as relationships show it.
func (s *service) technical() obj {
	return obj{"id": s.id, "type": "technical_service_reference", "self": apiURL + "/services/" + s.id}
}

func dependencyRoutes() []route {
	return []route{{Pattern: "GET /service_dependencies/technical_services/{id}", Handle: with((*account).service, listDependencies)}}
}

// listDependencies answers what a service depends on, and what depends on it.
func listDependencies(c *call, s *service) *rest.Answer {
	related := []obj{}
	add := func(dependent, supporting *service) {
		related = append(related, obj{
			"id": "D" + dependent.id[1:] + supporting.id[1:], "type": "service_dependency",
			"supporting_service": obj{"id": supporting.id, "type": "technical_service_reference"}, "dependent_service": obj{"id": dependent.id, "type": "technical_service_reference"},
		})
	}
	for _, other := range c.services.All() {
		if c.depends(s, other) {
			add(s, other)
		}
		if c.depends(other, s) {
			add(other, s)
		}
	}
	return rest.OK(obj{"relationships": related})
}
