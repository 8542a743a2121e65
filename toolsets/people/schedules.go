package people

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

var scheduleTools = []tool.Tool{
	tool.Read("list_schedules", "List schedules", "Finds on-call schedules by name or team.", listSchedules),
	tool.Read("get_schedule", "Get schedule", "One schedule: layers and users; with since and until also who is on call when, overrides included.", getSchedule),
	tool.Read("list_schedule_users", "List schedule users", "The users of a schedule, or those on call between two times.", listScheduleUsers),
	tool.Create("create_schedule_override", "Create schedule override", "Puts users on call in place of whom the schedule says.", createOverride),
}

type listSchedulesInput struct {
	Query    string        `json:"query,omitzero" doc:"Part of the name"`
	TeamIDs  []tool.TeamID `json:"team_ids,omitzero"`
	Services tool.Instead  `json:"service_ids,omitzero" hidden:"true" alias:"service" says:"who is on call by service: list_oncalls takes service_ids"`
	Users    tool.Instead  `json:"user_ids,omitzero" hidden:"true" alias:"user" says:"the shifts of a user: list_oncalls takes user_ids, with since and until"`
	tool.Paging
}

// schedule is a schedule as lists show it.
type schedule struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Kind     string     `json:"kind,omitzero"` // shift-based, or empty for layer-based
	TimeZone string     `json:"time_zone,omitzero"`
	Teams    []tool.Ref `json:"teams,omitempty"`
	Policies []tool.Ref `json:"escalation_policies,omitempty"`
	Users    any        `json:"users,omitzero"` // how many, or which
	URL      string     `json:"url,omitzero"`
}

func showSchedule(s pdapi.Schedule) schedule {
	return schedule{s.ID, s.Name, "", s.TimeZone, tool.RefsTo(s.Teams), tool.RefsTo(s.Policies), howMany(s.Users), s.HTMLURL}
}

func listSchedules(ctx context.Context, call tool.Reading, in listSchedulesInput) (tool.List[schedule], error) {
	var unlisted error
	list, err := tool.Search[schedule, schedule]{
		Name: "schedules", Query: in.Query, Paging: in.Paging,
		NameOf: func(s schedule) string { return s.Name }, Show: func(s schedule) schedule { return s },
		Pages: func(query string, w pdapi.Window) iter.Seq2[pdapi.Page[schedule], error] {
			filter := pdapi.ScheduleFilter{Query: query, TeamIDs: tool.Strings(in.TeamIDs)}
			return bothKinds(ctx, call.PD, filter, w, func(err error) { unlisted = err })
		},
	}.Collect()
	if unlisted != nil {
		list.AddNote("Shift-based schedules could not be listed (%v); there may be some.", unlisted)
	}
	return list, err
}

// span is a part of time as arguments: a beginning that was not given is now, and an
// end some days later.
type span struct{ tool.Span }

// Check refuses times that end before they begin.
func (s span) Check(call *tool.Call) error {
	_, _, err := s.RangeOf(call, 1)
	return err
}

type getScheduleInput struct {
	ID tool.ScheduleID `json:"schedule_id"`
	span
	TimeZone string `json:"time_zone,omitzero" doc:"Of times in the answer, as Europe/Berlin"`
}

// scheduleDetails is a schedule as get_schedule shows it.
type scheduleDetails struct {
	schedule
	Description string   `json:"description,omitzero"`
	Layers      []layer  `json:"layers,omitempty"`
	OnCall      []shift  `json:"on_call,omitempty"`
	Overrides   []shift  `json:"overrides,omitempty"`
	Coverage    *float64 `json:"coverage_percent,omitzero"`
	Window      string   `json:"window,omitzero"`
}

// maxShifts bounds the shifts of one answer: about 8,000 tokens.
const maxShifts = 150

type layer struct {
	Name         string              `json:"name,omitzero"`
	Users        []string            `json:"users"` // ids, in the order of the rotation
	TurnHours    float64             `json:"turn_hours,omitzero"`
	End          time.Time           `json:"end,omitzero"`
	Restrictions []pdapi.Restriction `json:"restrictions,omitempty"`
}

type shift struct {
	User  *tool.Ref `json:"user"`
	Start time.Time `json:"start,omitzero"`
	End   time.Time `json:"end,omitzero"`
}

// Check refuses times, and a time zone, that PagerDuty does not know.
func (in getScheduleInput) Check(call *tool.Call) error {
	if _, err := tool.ZoneName("time_zone", in.TimeZone); err != nil {
		return err
	}
	return in.span.Check(call)
}

func getSchedule(ctx context.Context, call tool.Reading, in getScheduleInput) (scheduleDetails, error) {
	since, until, err := in.RangeOf(call.Call, 14)
	if err != nil {
		return scheduleDetails{}, err
	}
	zone, err := tool.ZoneName("time_zone", in.TimeZone)
	if err != nil {
		return scheduleDetails{}, err
	}
	found, err := call.PD.Schedule(ctx, string(in.ID), since, until, zone)
	if err != nil {
		return scheduleDetails{}, err
	}
	d := scheduleDetails{schedule: showSchedule(found), Description: found.Description}
	d.Users = tool.RefsTo(found.Users)
	for _, l := range found.Layers {
		shown := layer{Name: l.Name, TurnHours: float64(l.Turn) / 3600, End: l.End.Time, Restrictions: l.Restrictions}
		for _, u := range l.Users {
			shown.Users = append(shown.Users, u.User.ID)
		}
		d.Layers = append(d.Layers, shown)
	}
	if since.IsZero() {
		return d, nil
	}
	d.Window = call.Window(since, until)
	d.Overrides = shifts(found.Overrides)
	d.OnCall = shifts(found.Final)
	if n := len(d.OnCall); n > maxShifts {
		d.OnCall = d.OnCall[:maxShifts]
		call.Note("Cut after %d of %d shifts; go on with since %s.", maxShifts, n, d.OnCall[maxShifts-1].End.Format(time.RFC3339))
	}
	if found.Final != nil {
		d.Coverage = found.Final.Coverage
	}
	if len(d.OnCall) == 0 {
		call.Note("No one is on call between %s and %s.", when.Clock(since, call.Zone), when.Clock(until, call.Zone))
	}
	return d, nil
}

func shifts(r *pdapi.Rendered) []shift {
	if r == nil {
		return nil
	}
	var out []shift
	for _, e := range r.Entries {
		out = append(out, shift{tool.RefTo(&e.User), e.Start.Time, e.End.Time})
	}
	return out
}

type scheduleUsersInput struct {
	ID tool.ScheduleID `json:"schedule_id"`
	span
}

func listScheduleUsers(ctx context.Context, call tool.Reading, in scheduleUsersInput) (tool.List[user], error) {
	list := tool.List[user]{Name: "users"}
	since, until, err := in.RangeOf(call.Call, 14)
	if err != nil {
		return list, err
	}
	found, err := call.PD.ScheduleUsers(ctx, string(in.ID), since, until)
	if err != nil {
		return list, err
	}
	for _, u := range found {
		list.Items = append(list.Items, showUser(u))
	}
	if !since.IsZero() {
		list.AddFact("window", call.Window(since, until))
	}
	return list, nil
}

type overrideInput struct {
	ID        tool.ScheduleID `json:"schedule_id"`
	Overrides []newOverride   `json:"overrides" pages:"true" min:"1" max:"100"`
}

type newOverride struct {
	User  tool.UserID `json:"user_id"`
	Start tool.Time   `json:"start" doc:"now, +2h or RFC 3339"`
	End   tool.Time   `json:"end"`
}

// Check refuses overrides that end before they begin.
func (in overrideInput) Check(call *tool.Call) error {
	for i, o := range in.Overrides {
		if _, _, problem := when.Between(o.Start, o.End, call.Now, call.Zone, tool.Ahead); problem != "" {
			return tool.Wrong("overrides[%d]: %s", i, problem)
		}
	}
	return nil
}

// created is an override that was made.
type created struct {
	ID string `json:"id,omitzero"`
	shift
}

// sentenceOf is a sentence of what there is of a kind, "" if there is nothing.
func sentenceOf(kind string, all []string) string {
	if all == nil {
		return ""
	}
	return kind + ": " + strings.Join(all, ", ") + ". "
}

func createOverride(ctx context.Context, call tool.Writing, in overrideInput) (tool.List[created], error) {
	list := tool.List[created]{Name: "overrides"}
	var wanted []pdapi.NewOverride
	for _, o := range in.Overrides {
		start, end, _ := when.Between(o.Start, o.End, call.Now, call.Zone, tool.Ahead) // Check has seen it
		wanted = append(wanted, pdapi.NewOverride{UserID: string(o.User), Start: start, End: end})
	}
	results, err := call.PD.CreateOverrides(ctx, string(in.ID), wanted)
	switch {
	case errors.Is(err, pdapi.ErrShiftBased):
		return createShiftOverrides(ctx, call, string(in.ID), wanted)
	case err != nil:
		return list, tool.Unsure(err, "Look with get_schedule, since and until, before doing it again.")
	}
	var done, failed, unknown []string
	for i, o := range wanted {
		what := fmt.Sprintf("%s from %s to %s", o.UserID, o.Start.UTC().Format(time.RFC3339), o.End.UTC().Format(time.RFC3339))
		if len(results) != len(wanted) || !results[i].IsKnown() {
			unknown = append(unknown, what)
			continue
		}
		r := results[i]
		if problems := r.Problems(); problems != nil {
			failed = append(failed, what+" (PagerDuty says "+wording.QuoteAll(problems)+")")
			continue
		}
		done = append(done, what)
		list.Items = append(list.Items, created{r.Override.ID, shift{tool.RefTo(&r.Override.User), r.Override.Start.Time, r.Override.End.Time}})
	}
	switch {
	case len(unknown) > 0:
		return list, fmt.Errorf("%sPagerDuty did not say whether it created: %s. Look with get_schedule, since and until, before doing it again",
			sentenceOf("Created", done)+sentenceOf("Not created", failed), strings.Join(unknown, ", "))
	case len(failed) > 0 && len(done) == 0:
		return list, fmt.Errorf("no override was created: %s. Correct them and try again", strings.Join(failed, ", "))
	case len(failed) > 0:
		return list, fmt.Errorf("created: %s. Not created: %s. Correct those alone and try again", strings.Join(done, ", "), strings.Join(failed, ", "))
	}
	return list, nil
}
