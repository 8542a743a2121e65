package pdapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// Schedule says who is on call when, in layers. Shift-based (v3) schedules are
// another kind with another API: [Reader.Schedule] fails on them with
// [ErrShiftBased].
type Schedule struct {
	ID          string          `json:"id"`
	Name        string          `json:"name,omitzero"`
	Description string          `json:"description,omitzero"`
	TimeZone    string          `json:"time_zone,omitzero"`
	Users       []Reference     `json:"users,omitzero"`
	Teams       []Reference     `json:"teams,omitzero"`
	Policies    []Reference     `json:"escalation_policies,omitzero"`
	Layers      []ScheduleLayer `json:"schedule_layers,omitzero"`
	Overrides   *Rendered       `json:"overrides_subschedule,omitzero"`
	Final       *Rendered       `json:"final_schedule,omitzero"`
	HTMLURL     string          `json:"html_url,omitzero"`
}

// ScheduleLayer is a rotation of users.
type ScheduleLayer struct {
	Name  string `json:"name,omitzero"`
	Start Time   `json:"start,omitzero"`
	End   Time   `json:"end,omitzero"`
	Turn  int    `json:"rotation_turn_length_seconds,omitzero"`
	Users []struct {
		User Reference `json:"user"`
	} `json:"users,omitzero"`
	Restrictions []Restriction `json:"restrictions,omitzero"`
}

// Restriction limits a layer to a part of each day or week.
type Restriction struct {
	Type     string `json:"type,omitzero"`              // daily_restriction, weekly_restriction
	Start    string `json:"start_time_of_day,omitzero"` // 08:00:00
	StartDay int    `json:"start_day_of_week,omitzero"` // 1 is Monday
	Duration int    `json:"duration_seconds,omitzero"`
}

// Rendered is who is on call between two times.
type Rendered struct {
	Entries  []Shift  `json:"rendered_schedule_entries,omitzero"`
	Coverage *float64 `json:"rendered_coverage_percentage,omitzero"`
}

// Shift is a user on call from Start to End.
type Shift struct {
	User  Reference `json:"user"`
	Start Time      `json:"start,omitzero"`
	End   Time      `json:"end,omitzero"`
}

// ErrShiftBased is the failure of a call that only knows layer-based schedules.
var ErrShiftBased = errors.New("the schedule is shift-based (v3)")

// ScheduleFilter narrows [Reader.Schedules]. Empty fields do not.
type ScheduleFilter struct {
	Query   string // part of a name
	TeamIDs []string
}

// Schedules lists layer-based schedules.
//
// See listSchedules in https://developer.pagerduty.com/api-reference.
func (r Reader) Schedules(ctx context.Context, f ScheduleFilter, w Window) iter.Seq2[Page[Schedule], error] {
	q := url.Values{}
	set(q, "query", f.Query)
	add(q, "team_ids[]", f.TeamIDs)
	return pages[Schedule](ctx, r, "schedules", q, w, to("/schedules"))
}

// Schedule returns one schedule. Between since and until, if given, it says who
// is on call; times are in timeZone, or in the schedule's own if that is empty.
//
// See getSchedule in https://developer.pagerduty.com/api-reference.
func (r Reader) Schedule(ctx context.Context, id string, since, until time.Time, timeZone string) (Schedule, error) {
	q := between(since, until)
	set(q, "time_zone", timeZone)
	return fetch[Schedule](ctx, r, get(to("/schedules/{id}", id), q), "schedule")
}

// ScheduleUsers returns the users who are on call at some time between since
// and until; all of the schedule's if both are zero.
//
// See listScheduleUsers in https://developer.pagerduty.com/api-reference.
func (r Reader) ScheduleUsers(ctx context.Context, id string, since, until time.Time) ([]User, error) {
	return fetch[[]User](ctx, r, get(to("/schedules/{id}/users", id), between(since, until)), "users")
}

// NewOverride puts a user on call in place of whom a schedule says.
type NewOverride struct {
	UserID     string
	Start, End time.Time
}

// OverrideResult is what became of one [NewOverride].
type OverrideResult struct {
	Status   int             `json:"status"` // of HTTP: 201 when it was created
	Errors   json.RawMessage `json:"errors,omitzero"`
	Override struct {
		ID string `json:"id,omitzero"`
		Shift
	} `json:"override"`
	said []string // what Errors says, without the key
}

// IsKnown reports whether PagerDuty has said if the override was created.
func (o OverrideResult) IsKnown() bool {
	return o.Status >= 100 || o.Override.ID != "" || len(o.said) > 0
}

// Problems are PagerDuty's words on why an override was not created; nil if it
// was, or if that is not known.
func (o OverrideResult) Problems() []string {
	if o.Status >= 200 && o.Status < 300 || o.Status < 100 && len(o.said) == 0 {
		return nil
	}
	if len(o.said) > 0 {
		return o.said
	}
	return []string{http.StatusText(o.Status)}
}

// CreateOverrides creates overrides, which PagerDuty may do for some and not
// for others: each has its own result, in order. It is sent once.
//
// See createScheduleOverride in https://developer.pagerduty.com/api-reference.
func (c Client) CreateOverrides(ctx context.Context, scheduleID string, overrides []NewOverride) ([]OverrideResult, error) {
	type item struct {
		Start string     `json:"start"`
		End   string     `json:"end"`
		User  *Reference `json:"user"`
	}
	var items []item
	for _, o := range overrides {
		items = append(items, item{o.Start.UTC().Format(time.RFC3339), o.End.UTC().Format(time.RFC3339), refTo("user", o.UserID)})
	}
	r := request{
		method: http.MethodPost, path: to("/schedules/{id}/overrides", scheduleID),
		body: map[string]any{"overrides": items}, once: true,
	}
	out, err := c.prepare(r)
	if err != nil {
		return nil, err
	}
	got, err := c.do(ctx, out)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(got.data)) == 0 {
		return nil, empty(r, got)
	}
	// The reference shows a bare list, the guide one in an envelope.
	list := json.RawMessage(got.data)
	var e envelope
	if json.Unmarshal(got.data, &e) == nil {
		list = e["overrides"]
	}
	var results []OverrideResult
	odd, err := decode(list, &results)
	if err != nil {
		return nil, c.notExpected(r, got, err)
	}
	c.reportOdd(odd)
	if len(results) == 0 {
		return nil, unreadable(r, ErrNoDetails)
	}
	for i := range results {
		results[i].said = c.key.redactor().texts(words(results[i].Errors))
	}
	return results, nil
}
