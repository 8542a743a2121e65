package tool

import (
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/input"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// What the inputs and results of tools are made of has its own packages; here are the
// names by which toolsets know it.
type (
	// Time is an argument that is a point in time, as people write it.
	Time = when.Time
	// Period is an argument that is a range of time.
	Period = when.Period
	// Role is what a time is for; it decides what a day or a weekday means.
	Role = when.Role

	// IncidentID is an argument that refers to an incident; the types below refer to
	// objects of other kinds. People may write a name, a URL and more in the place of
	// an id; the tool gets the id.
	IncidentID = kind.IncidentID
	// ServiceID is an argument that refers to a service.
	ServiceID = kind.ServiceID
	// UserID is an argument that refers to a user.
	UserID = kind.UserID
	// TeamID is an argument that refers to a team.
	TeamID = kind.TeamID
	// EscalationPolicyID is an argument that refers to an escalation policy.
	EscalationPolicyID = kind.EscalationPolicyID
	// PriorityID is an argument that refers to a priority.
	PriorityID = kind.PriorityID
	// ScheduleID is an argument that refers to a schedule.
	ScheduleID = kind.ScheduleID
	// OrchestrationID is an argument that refers to an event orchestration.
	OrchestrationID = kind.OrchestrationID
	// GroupingSettingID is an argument that refers to an alert grouping setting.
	GroupingSettingID = kind.GroupingSettingID

	// Changes is embedded in the input of a tool that changes what is given and
	// leaves the rest.
	Changes = input.Changes
	// Open is an argument that is passed on as it is.
	Open[T any] = input.Open[T]
	// Fields is an argument that says what to show of a list's records.
	Fields = input.Fields
	// ArgumentError is a call whose arguments are wrong. Nothing was done.
	ArgumentError = input.ArgumentError

	// Fact is a named value beside a list's records.
	Fact = wording.Fact
)

// The roles of times; see [when.Role].
const (
	Begin    = when.Begin
	End      = when.End
	Ahead    = when.Ahead
	AheadEnd = when.AheadEnd
)

// Wrong is the error for arguments that only the tool itself can judge: what is
// wrong and what is allowed, starting with the argument's name.
func Wrong(format string, args ...any) error { return input.Wrong(format, args...) }

// Strings turns ids into what pdapi takes.
func Strings[S ~string](ids []S) []string { return kind.Strings(ids) }
