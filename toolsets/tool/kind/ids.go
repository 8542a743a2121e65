package kind

import "strings"

// IncidentID is an incident's id or number as an argument. The id types, one
// for each kind of object, tell the engine what a field refers to.
type IncidentID string

// ServiceID is a service's id as an argument.
type ServiceID string

// UserID is a user's id as an argument.
type UserID string

// TeamID is a team's id as an argument.
type TeamID string

// EscalationPolicyID is an escalation policy's id as an argument.
type EscalationPolicyID string

// PriorityID is a priority's id as an argument.
type PriorityID string

// ScheduleID is a schedule's id as an argument.
type ScheduleID string

// OrchestrationID is an event orchestration's id as an argument.
type OrchestrationID string

// GroupingSettingID is an alert grouping setting's id as an argument.
type GroupingSettingID string

// Identifier is implemented by the id types.
type Identifier interface {
	// kind is the row of what the engine knows of such objects.
	Kind() *Kind
}

// Kind is the row of such objects.
func (IncidentID) Kind() *Kind { return &Incident }

// Kind is the row of such objects.
func (ServiceID) Kind() *Kind { return &Service }

// Kind is the row of such objects.
func (UserID) Kind() *Kind { return &User }

// Kind is the row of such objects.
func (TeamID) Kind() *Kind { return &Team }

// Kind is the row of such objects.
func (EscalationPolicyID) Kind() *Kind { return &EscalationPolicy }

// Kind is the row of such objects.
func (PriorityID) Kind() *Kind { return &Priority }

// Kind is the row of such objects.
func (ScheduleID) Kind() *Kind { return &Schedule }

// Kind is the row of such objects.
func (OrchestrationID) Kind() *Kind { return &Orchestration }

// Kind is the row of such objects.
func (GroupingSettingID) Kind() *Kind { return &GroupingSetting }

// IsNumber reports whether id is an incident's number, which PagerDuty takes
// in fewer places than an id.
func (id IncidentID) IsNumber() bool {
	return id != "" && strings.Trim(string(id), "0123456789") == ""
}

// Strings turns ids into what pdapi takes.
func Strings[S ~string](ids []S) []string {
	var out []string
	for _, id := range ids {
		out = append(out, string(id))
	}
	return out
}
