package sandbox

import "slices"

// depends reports whether one service depends on another.
func (a *account) depends(dependent, supporting *service) bool {
	return slices.Contains(supporting.supports, dependent)
}

// technical is a service as relationships show it.
func (s *service) technical() obj {
	return obj{"id": s.id, "type": "technical_service_reference", "self": apiURL + "/services/" + s.id}
}
