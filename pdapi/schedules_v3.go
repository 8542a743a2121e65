package pdapi

import (
	"context"
	"iter"
	"net/url"
	"time"
)

// ScheduleV3 says who is on call when, in shifts: PagerDuty's newer kind of
// schedule, which [Reader.Schedule] does not know. Calendar URLs, which are
// credentials, are not read.
type ScheduleV3 struct {
	ID          string           `json:"id"`
	Name        string           `json:"name,omitzero"`
	Description string           `json:"description,omitzero"`
	TimeZone    string           `json:"time_zone,omitzero"`
	Teams       []Reference      `json:"teams,omitzero"`
	Policies    []Reference      `json:"escalation_policies,omitzero"`
	Rotations   []RotationV3     `json:"rotations,omitzero"`
	Final       *FinalScheduleV3 `json:"final_schedule,omitzero"` // between two times, if asked for
	HTMLURL     string           `json:"html_url,omitzero"`
}

// RotationV3 is a rotation of a shift-based schedule.
type RotationV3 struct {
	ID     string            `json:"id"`
	Events []RotationEventV3 `json:"events,omitzero"`
}

// RotationEventV3 is a recurring span of time, and who is on call in it.
type RotationEventV3 struct {
	ID             string        `json:"id"`
	Name           string        `json:"name,omitzero"`
	Start          ZonedTime     `json:"start_time,omitzero"` // of its first occurrence
	End            ZonedTime     `json:"end_time,omitzero"`
	EffectiveSince Time          `json:"effective_since,omitzero"`
	EffectiveUntil Time          `json:"effective_until,omitzero"` // zero if it goes on
	Recurrence     []string      `json:"recurrence,omitzero"`      // of RFC 5545, as RRULE:FREQ=WEEKLY
	Strategy       ShiftStrategy `json:"assignment_strategy,omitzero"`
}

// ZonedTime is a time with the IANA name of its zone.
type ZonedTime struct {
	At       Time   `json:"date_time,omitzero"`
	TimeZone string `json:"time_zone,omitzero"`
}

// ShiftStrategy says how the members share a rotation event's shifts: Type is
// rotating_member_assignment_strategy, one after another, or
// every_member_assignment_strategy.
type ShiftStrategy struct {
	Type            string        `json:"type,omitzero"`
	ShiftsPerMember int           `json:"shifts_per_member,omitzero"`
	Members         []ShiftMember `json:"members,omitzero"`
}

// ShiftMember is who has a shift: Type is user_member, or empty_member when on
// purpose nobody has it.
type ShiftMember struct {
	Type   string `json:"type,omitzero"`
	UserID string `json:"user_id,omitzero"`
}

// FinalScheduleV3 is who is on call between two times.
type FinalScheduleV3 struct {
	Coverage *float64  `json:"rendered_coverage_percentage,omitzero"`
	Shifts   []ShiftV3 `json:"computed_shift_assignments,omitzero"`
}

// ShiftV3 is a shift, and where it comes from: schedule_rotation, custom_shift,
// schedule_rotation_override or custom_shift_override.
type ShiftV3 struct {
	Start  Time        `json:"start_time,omitzero"`
	End    Time        `json:"end_time,omitzero"`
	Member ShiftMember `json:"member,omitzero"`
	Source struct {
		Type       string `json:"type,omitzero"`
		RotationID string `json:"rotation_id,omitzero"`
		ShiftID    string `json:"shift_id,omitzero"`
		OverrideID string `json:"override_id,omitzero"`
	} `json:"source,omitzero"`
}

// SchedulesV3 lists shift-based schedules, each as a reference: the name is its
// Summary. Layer-based schedules are listed by [Reader.Schedules].
//
// See listSchedulesV3 in https://developer.pagerduty.com/api-reference.
func (r Reader) SchedulesV3(ctx context.Context, f ScheduleFilter, w Window) iter.Seq2[Page[Reference], error] {
	q := url.Values{}
	set(q, "query", f.Query)
	add(q, "team_ids[]", f.TeamIDs)
	return pages[Reference](ctx, r, "schedules", q, w, to("/v3/schedules"))
}

// ScheduleV3 returns one shift-based schedule. Between since and until, if both
// are given, it says who is on call; times are in timeZone, or in the schedule's
// own if that is empty.
//
// See getScheduleV3 in https://developer.pagerduty.com/api-reference.
func (r Reader) ScheduleV3(ctx context.Context, id string, since, until time.Time, timeZone string) (ScheduleV3, error) {
	q := between(since, until)
	if !since.IsZero() && !until.IsZero() {
		q.Set("include[]", "final_schedule")
	}
	set(q, "time_zone", timeZone)
	return fetch[ScheduleV3](ctx, r, get(to("/v3/schedules/{id}", id), q), "schedule")
}
