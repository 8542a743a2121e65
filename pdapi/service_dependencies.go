package pdapi

import "context"

// Dependency says that one service needs another to work.
type Dependency struct {
	Supporting Reference `json:"supporting_service"`
	Dependent  Reference `json:"dependent_service"`
}

// ServiceDependencies returns what a service depends on and what depends on it,
// directly. The references have no names.
//
// See getTechnicalServiceServiceDependencies in https://developer.pagerduty.com/api-reference.
func (r Reader) ServiceDependencies(ctx context.Context, serviceID string) ([]Dependency, error) {
	return fetch[[]Dependency](ctx, r, get(to("/service_dependencies/technical_services/{id}", serviceID), nil), "relationships")
}
