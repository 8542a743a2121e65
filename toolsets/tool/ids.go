package tool

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

// identifier is implemented by the id types.
type identifier interface {
	// kind is the row of what the engine knows of such objects.
	kind() *kind
}

func (IncidentID) kind() *kind         { return &incidentKind }
func (ServiceID) kind() *kind          { return &serviceKind }
func (UserID) kind() *kind             { return &userKind }
func (TeamID) kind() *kind             { return &teamKind }
func (EscalationPolicyID) kind() *kind { return &policyKind }
func (PriorityID) kind() *kind         { return &priorityKind }
func (ScheduleID) kind() *kind         { return &scheduleKind }
func (OrchestrationID) kind() *kind    { return &orchestrationKind }
func (GroupingSettingID) kind() *kind  { return &groupingKind }

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
