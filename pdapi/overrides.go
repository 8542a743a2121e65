package pdapi

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"time"
)

// Override is a user on call in place of whom a layer-based schedule says.
type Override struct {
	ID string `json:"id"`
	Shift
}

// Overrides returns the overrides of a layer-based schedule that touch a part of
// time, whole. It fails with [ErrShiftBased] on a shift-based one.
//
// See listScheduleOverrides in https://developer.pagerduty.com/api-reference.
func (r Reader) Overrides(ctx context.Context, scheduleID string, since, until time.Time) ([]Override, error) {
	q := between(since, until)
	q.Set("overflow", "true")
	return fetch[[]Override](ctx, r, get(to("/schedules/{id}/overrides", scheduleID), q), "overrides")
}

// DeleteOverride takes an override of a layer-based schedule away. One that runs is
// not taken away: it ends now, and cut is true. PagerDuty refuses one that is over.
//
// See deleteScheduleOverride in https://developer.pagerduty.com/api-reference.
func (c Client) DeleteOverride(ctx context.Context, scheduleID, id string) (cut bool, err error) {
	r := request{method: http.MethodDelete, path: to("/schedules/{id}/overrides/{id}", scheduleID, id)}
	out, err := c.prepare(r)
	if err != nil {
		return false, err
	}
	got, err := c.do(ctx, out)
	if err != nil {
		return false, err
	}
	return got.status == http.StatusOK, c.checkForeign(r, got)
}

// EndedByRepeat reports whether [Client.DeleteOverride] failed, on an override that
// ran, only because an attempt at it, whose answer was lost, had ended it.
func EndedByRepeat(err error) bool {
	var answer *Error
	return errors.As(err, &answer) && answer.Repeated && answer.Status == http.StatusBadRequest
}

// OverrideV3 puts one member on call in place of another, in a rotation or a custom
// shift of a shift-based schedule.
type OverrideV3 struct {
	ID            string      `json:"id"`
	RotationID    string      `json:"rotation_id,omitzero"`
	CustomShiftID string      `json:"custom_shift_id,omitzero"`
	Start         Time        `json:"start_time,omitzero"`
	End           Time        `json:"end_time,omitzero"`
	Overridden    ShiftMember `json:"overridden_member,omitzero"`
	Overriding    ShiftMember `json:"overriding_member,omitzero"`
}

// OverridesV3 lists the overrides of a shift-based schedule that touch a part of
// time, whole.
//
// See listOverrides in https://developer.pagerduty.com/api-reference.
func (r Reader) OverridesV3(ctx context.Context, scheduleID string, since, until time.Time, w Window) iter.Seq2[Page[OverrideV3], error] {
	q := between(since, until)
	q.Set("overflow", "true")
	return uncounted[OverrideV3](ctx, r, "overrides", q, w, to("/v3/schedules/{id}/overrides", scheduleID))
}

// OverrideV3 returns one override of a shift-based schedule.
//
// See getOverride in https://developer.pagerduty.com/api-reference.
func (r Reader) OverrideV3(ctx context.Context, scheduleID, id string) (OverrideV3, error) {
	return fetch[OverrideV3](ctx, r, get(to("/v3/schedules/{id}/overrides/{id}", scheduleID, id), nil), "override")
}

// OverrideChange is what to set of an override; what is empty is left as it is.
type OverrideChange struct {
	Start, End time.Time
	UserID     string // who is on call in its time
}

// UpdateOverrideV3 changes an override of a shift-based schedule.
//
// See updateOverride in https://developer.pagerduty.com/api-reference.
func (c Client) UpdateOverrideV3(ctx context.Context, scheduleID, id string, ch OverrideChange) (OverrideV3, error) {
	body := map[string]any{}
	for name, at := range map[string]time.Time{"start_time": ch.Start, "end_time": ch.End} {
		if !at.IsZero() {
			body[name] = at.UTC().Format(time.RFC3339)
		}
	}
	if ch.UserID != "" {
		body["overriding_member"] = ShiftMember{Type: "user_member", UserID: ch.UserID}
	}
	return send[OverrideV3](ctx, c, request{
		method: http.MethodPut, path: to("/v3/schedules/{id}/overrides/{id}", scheduleID, id), body: map[string]any{"override": body},
	}, "override")
}

// DeleteOverrideV3 takes an override of a shift-based schedule away.
//
// See deleteOverride in https://developer.pagerduty.com/api-reference.
func (c Client) DeleteOverrideV3(ctx context.Context, scheduleID, id string) error {
	return c.run(ctx, request{method: http.MethodDelete, path: to("/v3/schedules/{id}/overrides/{id}", scheduleID, id)})
}

// NewOverrideV3 is an override of a rotation of a shift-based schedule to be made.
type NewOverrideV3 struct {
	RotationID, CustomShiftID string // one of the two
	OverriddenID, UserID      string // who is on call by the schedule, and who in their place; nobody when empty
	Start, End                time.Time
}

// CreateOverridesV3 makes overrides in a shift-based schedule: all, or none. It is
// sent once.
//
// See createOverrides in https://developer.pagerduty.com/api-reference.
func (c Client) CreateOverridesV3(ctx context.Context, scheduleID string, overrides []NewOverrideV3) ([]OverrideV3, error) {
	var items []map[string]any
	for _, o := range overrides {
		item := map[string]any{
			"type": "override_shift", "start_time": o.Start.UTC().Format(time.RFC3339), "end_time": o.End.UTC().Format(time.RFC3339),
			"overridden_member": member3(o.OverriddenID), "overriding_member": member3(o.UserID),
		}
		if o.RotationID != "" {
			item["rotation_id"] = o.RotationID
		} else {
			item["custom_shift_id"] = o.CustomShiftID
		}
		items = append(items, item)
	}
	return send[[]OverrideV3](ctx, c, request{
		method: http.MethodPost, path: to("/v3/schedules/{id}/overrides", scheduleID), body: map[string]any{"overrides": items}, once: true,
	}, "overrides")
}

// member3 is a member of a shift-based schedule: a user, or nobody on purpose.
func member3(userID string) ShiftMember {
	if userID == "" {
		return ShiftMember{Type: "empty_member"}
	}
	return ShiftMember{Type: "user_member", UserID: userID}
}
