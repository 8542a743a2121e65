package oncall

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

var overrideTools = []tool.Tool{
	tool.Read("list_schedule_overrides", "List schedule overrides", "Overrides of schedules, running and ahead.", listOverrides),
	tool.Update("update_schedule_override", "Update schedule override", "Changes an override's times or user.", updateOverride),
	tool.Delete("delete_schedule_override", "Delete schedule override", "Takes an override away, or ends a running one now.", deleteOverride),
}

type listOverridesInput struct {
	Schedules []tool.ScheduleID `json:"schedule_ids" alias:"schedule_id"`
	span
}

// override is an override of a schedule of either kind.
type override struct {
	ID       string    `json:"id"`
	Schedule string    `json:"schedule_id,omitzero"`
	User     *tool.Ref `json:"user"` // null where on purpose nobody is
	InPlace  *tool.Ref `json:"in_place_of,omitzero"`
	Start    time.Time `json:"start"`
	End      time.Time `json:"end"`
	Runs     bool      `json:"running,omitzero"`
	v3       *pdapi.OverrideV3
}

// shiftBased reports whether it is of a shift-based schedule.
func (o override) shiftBased() bool { return o.v3 != nil }

// overByRepeat reports whether a deletion failed only because an attempt at it, whose
// answer was lost, had succeeded: the override is gone, or ended if it ran.
func (o override) overByRepeat(err error) bool {
	return pdapi.GoneByRepeat(err) || o.Runs && pdapi.EndedByRepeat(err)
}

// span is the part of time that a tool looks at. It is [tool.Span] without its
// descriptions, which so many tools need not repeat.
type span struct {
	Since  tool.Time   `json:"since,omitzero"`
	Until  tool.Time   `json:"until,omitzero"`
	Period tool.Period `json:"period,omitzero" hidden:"true"`
}

func (s span) given() bool { return !s.Since.IsZero() || !s.Until.IsZero() || !s.Period.IsZero() }

const overridesAhead = 30 // days that overrides are listed for unless asked otherwise

// window is the time asked about; what is not given is from now on, some days long.
func window(call *tool.Call, s span, days int) (since, until time.Time, err error) {
	since, until, err = tool.Span(s).RangeOf(call, days)
	if err == nil && since.IsZero() {
		since, until = call.Now, call.Now.AddDate(0, 0, days)
	}
	return since, until, err
}

// Check refuses times that end before they begin.
func (in listOverridesInput) Check(call *tool.Call) error {
	_, _, err := window(call, in.span, overridesAhead)
	return err
}

func listOverrides(ctx context.Context, call tool.Reading, in listOverridesInput) (tool.List[override], error) {
	list := tool.List[override]{Name: "overrides", Items: []override{}}
	since, until, err := window(call.Call, in.span, overridesAhead)
	if err != nil {
		return list, err
	}
	call.Steps(len(in.Schedules))
	found, err := tool.SideBySide(ctx, call.PD.Room(atOnce), in.Schedules, func(ctx context.Context, id tool.ScheduleID) ([]override, error) {
		defer call.Step()
		return overridesOf(ctx, call, string(id), since, until)
	})
	if err != nil {
		return list, err
	}
	list.Items = append(list.Items, slices.Concat(found...)...)
	slices.SortStableFunc(list.Items, func(x, y override) int { return x.Start.Compare(y.Start) })
	list.AddFact("window", call.Window(since, until))
	if len(list.Items) == 0 {
		list.AddNote("No override touches that time.")
	}
	return list, nil
}

// overridesOf are the overrides of a schedule of either kind that touch a part of
// time, with the names of who is in them.
func overridesOf(ctx context.Context, call tool.Reading, schedule string, since, until time.Time) ([]override, error) {
	layered, err := call.PD.Overrides(ctx, schedule, since, until)
	if otherKind(err) {
		if found, other := shiftOverrides(ctx, call, schedule, since, until); other == nil || errors.Is(err, pdapi.ErrShiftBased) {
			return found, other
		}
	}
	if err != nil {
		return nil, err
	}
	var out []override
	for _, o := range layered {
		out = append(out, override{
			ID: o.ID, Schedule: schedule, User: tool.RefTo(&o.User), Start: o.Start.Time, End: o.End.Time, Runs: runs(o.Start, o.End, call.Now),
		})
	}
	return out, nil
}

func runs(start, end pdapi.Time, now time.Time) bool {
	return !now.Before(start.Time) && now.Before(end.Time)
}

func shiftOverrides(ctx context.Context, call tool.Reading, schedule string, since, until time.Time) ([]override, error) {
	var found []pdapi.OverrideV3
	for page, err := range call.PD.OverridesV3(ctx, schedule, since, until, pdapi.Window{Limit: 1000}) {
		if err != nil {
			return nil, err
		}
		found = append(found, page.Items...)
	}
	return showV3(ctx, call, schedule, found...)
}

// showV3 shows overrides of a shift-based schedule, whose members PagerDuty names by
// their ids alone.
func showV3(ctx context.Context, call tool.Reading, schedule string, found ...pdapi.OverrideV3) ([]override, error) {
	var ids []string
	for _, o := range found {
		ids = append(ids, o.Overridden.UserID, o.Overriding.UserID)
	}
	people, err := usersByID(ctx, call, ids)
	if err != nil {
		return nil, err
	}
	var out []override
	for i, o := range found {
		out = append(out, override{
			ID: o.ID, Schedule: schedule, User: people.ref(o.Overriding.UserID), InPlace: people.ref(o.Overridden.UserID),
			Start: o.Start.Time, End: o.End.Time, Runs: runs(o.Start, o.End, call.Now), v3: &found[i],
		})
	}
	return out, nil
}

type overrideInput struct {
	Schedule tool.ScheduleID `json:"schedule_id"`
	Override string          `json:"override_id"`
}

// find returns an override that runs or is to come. PagerDuty does not change those
// that are over.
func (in overrideInput) find(ctx context.Context, call tool.Reading) (override, error) {
	const years = 2 // ahead; nobody plans further
	schedule := string(in.Schedule)
	found, err := call.PD.Overrides(ctx, schedule, call.Now, call.Now.AddDate(years, 0, 0))
	if errors.Is(err, pdapi.ErrShiftBased) {
		one, err := call.PD.OverrideV3(ctx, schedule, in.Override)
		switch {
		case errors.Is(err, pdapi.ErrNotFound) || err == nil && !one.End.After(call.Now):
			return override{}, in.unknown()
		case err != nil:
			return override{}, err
		}
		shown, err := showV3(ctx, call, schedule, one)
		if err != nil {
			return override{}, err
		}
		return shown[0], nil
	}
	if err != nil {
		return override{}, err
	}
	for _, o := range found {
		if o.ID == in.Override && o.End.After(call.Now) {
			return override{ID: o.ID, Schedule: schedule, User: tool.RefTo(&o.User), Start: o.Start.Time, End: o.End.Time, Runs: runs(o.Start, o.End, call.Now)}, nil
		}
	}
	return override{}, in.unknown()
}

// Tell says who is in the override, and when: its id tells a person nothing.
func (in overrideInput) Tell(ctx context.Context, call tool.Reading) string {
	o, err := in.find(ctx, call)
	if err != nil {
		return ""
	}
	who, running := "nobody", ""
	if o.User != nil {
		who = wording.Quote(cmp.Or(o.User.Summary, o.User.ID))
	}
	if o.Runs {
		running = "; it runs now"
	}
	return fmt.Sprintf("So far the override has %s on call from %s%s.", who, when.Window(o.Start, o.End, call.Zone), running)
}

func (in overrideInput) unknown() error {
	return tool.Wrong("override_id: the schedule has no override %s that runs or is to come; list_schedule_overrides shows their ids", wording.Quote(in.Override))
}

type updateOverrideInput struct {
	overrideInput
	tool.Changes
	User  tool.UserID `json:"user_id,omitzero"`
	Start tool.Time   `json:"start,omitzero"`
	End   tool.Time   `json:"end,omitzero"`
}

// times are what the override's times are to be; zero for what stays.
func (in updateOverrideInput) times(call *tool.Call) (start, end time.Time, err error) {
	start, end, problem := when.Between(in.Start, in.End, call.Now, call.Zone, tool.Ahead)
	if problem != "" {
		return start, end, tool.Wrong("start: %s", problem)
	}
	return start, end, nil
}

// Check refuses times that can't be.
func (in updateOverrideInput) Check(call *tool.Call) error {
	_, end, err := in.times(call)
	if err == nil && !end.IsZero() && !end.After(call.Now) {
		err = tool.Wrong("end: %s is over; to end an override now, use delete_schedule_override", when.Clock(end, call.Zone))
	}
	return err
}

func updateOverride(ctx context.Context, call tool.Writing, in updateOverrideInput) (override, error) {
	before, err := in.find(ctx, call.Reading())
	if err != nil {
		return override{}, err
	}
	start, end, err := in.times(call.Call)
	if err != nil {
		return override{}, err
	}
	switch {
	case before.Runs && !start.IsZero() && !start.Equal(before.Start):
		return override{}, tool.Wrong("start: the override runs since %s, which can't be changed any more; change end or user_id, or delete it", when.Clock(before.Start, call.Zone))
	case !latest(end, before.End).After(latest(start, before.Start)):
		return override{}, tool.Wrong("end: the override would begin at %s and end at %s; give both start and end",
			when.Clock(latest(start, before.Start), call.Zone), when.Clock(latest(end, before.End), call.Zone))
	}
	if !before.shiftBased() {
		return in.replace(ctx, call, before, latest(start, before.Start), latest(end, before.End))
	}
	if before.Runs {
		start = time.Time{}
	}
	changed, err := call.PD.UpdateOverrideV3(ctx, string(in.Schedule), before.ID, pdapi.OverrideChange{Start: start, End: end, UserID: string(in.User)})
	if err != nil {
		return override{}, tool.Unsure(err, "Look with list_schedule_overrides.")
	}
	shown, err := showV3(ctx, call.Reading(), string(in.Schedule), changed)
	if err != nil {
		return override{}, err
	}
	before.tellChange(call, shown[0])
	return shown[0], nil
}

// tellChange has the result say what of an override changed. That another in its place
// begins now, since it runs, is none.
func (o override) tellChange(call tool.Writing, after override) {
	if o.User != nil && after.User != nil && o.User.ID != after.User.ID {
		call.Changed("user", o.User, after.User)
	}
	if !o.Runs && !o.Start.Equal(after.Start) {
		call.Changed("start", o.Start, after.Start)
	}
	if !o.End.Equal(after.End) {
		call.Changed("end", o.End, after.End)
	}
}

// latest is what a time is changed to, or what it was.
func latest(changed, before time.Time) time.Time {
	if changed.IsZero() {
		return before
	}
	return changed
}

// replace makes another override in the place of one of a layer-based schedule, which
// PagerDuty can't change. The new one is made first, so that at no moment the
// schedule is without: of two overrides the newer one counts.
func (in updateOverrideInput) replace(ctx context.Context, call tool.Writing, before override, start, end time.Time) (override, error) {
	if start.Before(call.Now) {
		start = call.Now
	}
	made, err := in.another(ctx, call, before, pdapi.NewOverride{UserID: cmp.Or(string(in.User), before.User.ID), Start: start, End: end})
	if err != nil {
		return override{}, err
	}
	if _, err := call.PD.DeleteOverride(ctx, string(in.Schedule), before.ID); err != nil && !before.overByRepeat(err) {
		done := fmt.Sprintf("the new override %s is there and counts, but the old one %s is there too; take it away with delete_schedule_override", made.ID, before.ID)
		return override{}, &tool.Partial{Done: done, Err: err}
	}
	call.Note("PagerDuty can't change overrides of this kind of schedule: this is a new one, in the place of %s.", before.ID)
	after := override{
		ID: made.ID, Schedule: string(in.Schedule), User: tool.RefTo(&made.User), Start: made.Start.Time, End: made.End.Time, Runs: runs(made.Start, made.End, call.Now),
	}
	before.tellChange(call, after)
	return after, nil
}

// another makes an override. If PagerDuty's answer doesn't tell what came of it, it is
// looked for: the one in whose place it is must go if it is there, and only then.
func (in updateOverrideInput) another(ctx context.Context, call tool.Writing, before override, wanted pdapi.NewOverride) (pdapi.Override, error) {
	schedule := string(in.Schedule)
	results, err := call.PD.CreateOverrides(ctx, schedule, []pdapi.NewOverride{wanted})
	switch {
	case err != nil && !pdapi.MaybeDone(err) && !pdapi.Accepted(err):
		return pdapi.Override{}, err
	case err == nil && len(results) == 1 && results[0].Problems() != nil:
		return pdapi.Override{}, fmt.Errorf("nothing was changed: the new override was refused: PagerDuty says %s", wording.QuoteAll(results[0].Problems()))
	case err == nil && len(results) == 1 && results[0].Override.ID != "":
		return pdapi.Override{ID: results[0].Override.ID, Shift: results[0].Override.Shift}, nil
	}
	there, lookup := call.PD.Overrides(ctx, schedule, wanted.Start, wanted.End)
	for _, o := range there {
		if o.ID != before.ID && o.User.ID == wanted.UserID && o.Start.Equal(wanted.Start) && o.End.Equal(wanted.End) {
			return o, nil
		}
	}
	const look = "Look with list_schedule_overrides: if a second override is there, delete the older one, "
	if err == nil || lookup == nil && pdapi.Accepted(err) {
		err = errors.New("PagerDuty's answer names no new override, and none is there")
	}
	if lookup == nil && !pdapi.MaybeDone(err) {
		return pdapi.Override{}, fmt.Errorf("nothing was changed: %w", err)
	}
	return pdapi.Override{}, &tool.UnknownOutcome{Check: look + before.ID + ".", Err: err}
}

// ended is the result of delete_schedule_override.
type ended struct {
	Deleted *override `json:"deleted,omitzero"`
	Ended   *override `json:"ended_now,omitzero"`
}

func deleteOverride(ctx context.Context, call tool.Writing, in overrideInput) (ended, error) {
	// Read first: afterwards nobody can say what was there.
	before, err := in.find(ctx, call.Reading())
	if err != nil {
		return ended{}, err
	}
	cut := before.Runs
	switch {
	case !before.shiftBased():
		cut, err = call.PD.DeleteOverride(ctx, string(in.Schedule), before.ID)
	case before.Runs: // taken away, it would never have been
		_, err = call.PD.UpdateOverrideV3(ctx, string(in.Schedule), before.ID, pdapi.OverrideChange{End: call.Now})
	default:
		err = call.PD.DeleteOverrideV3(ctx, string(in.Schedule), before.ID)
	}
	switch {
	case before.overByRepeat(err):
		cut = before.Runs
	case err != nil:
		return ended{}, tool.Unsure(err, "Look with list_schedule_overrides; deleting it again does no harm.")
	}
	if cut {
		before.End, before.Runs = call.Now, false
		return ended{Ended: &before}, nil
	}
	return ended{Deleted: &before}, nil
}
