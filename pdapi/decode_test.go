package pdapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, raw string
		want      []Incident
		odd       []string
	}{
		{"plain", `[{"id":"Q1","incident_number":1},{"id":"Q2"}]`, []Incident{{ID: "Q1", Number: 1}, {ID: "Q2"}}, nil},
		{"a field of another type", `[{"id":"Q1","incident_number":"12","title":"x"},{"id":"Q2","incident_number":2}]`,
			[]Incident{{ID: "Q1", Title: "x"}, {ID: "Q2", Number: 2}}, []string{"incident_number of Q1"}},
		{"several, in several records", `[{"id":"Q1","incident_number":"1","status":[]},{"id":"Q2","urgency":{},"title":"y"}]`,
			[]Incident{{ID: "Q1"}, {ID: "Q2", Title: "y"}}, []string{"incident_number of Q1", "status of Q1", "urgency of Q2"}},
		{"the id itself", `[{"id":7,"title":"x"}]`, []Incident{{Title: "x"}}, []string{"id of record [0]"}},
		{"deep inside", `[{"id":"Q1","assignments":[{"assignee":{"id":5,"summary":"Ana"}},7,{"assignee":{"id":"PU"}}]}]`,
			[]Incident{{ID: "Q1", Assignments: []Assignment{{Assignee: Reference{Summary: "Ana"}}, {Assignee: Reference{ID: "PU"}}}}},
			[]string{"assignments[0].assignee.id of Q1", "assignments[1] of Q1"}},
		{"an object that is a text", `[{"id":"Q1","service":"Checkout","alert_counts":{"all":"many","triggered":2}}]`,
			[]Incident{{ID: "Q1", AlertCounts: &AlertCounts{Triggered: 2}}}, []string{"service of Q1", "alert_counts.all of Q1"}},
		{"nulls cost nothing", `[{"id":"Q1","incident_number":null,"assignments":null,"service":null,"priority":null,"alert_counts":{"all":null}}]`,
			[]Incident{{ID: "Q1", AlertCounts: &AlertCounts{}}}, nil},
		{"null in a list is left out", `[{"id":"Q1","teams":[null,{"id":"PT"}],"assignments":[null]}]`,
			[]Incident{{ID: "Q1", Teams: []Reference{{ID: "PT"}}, Assignments: []Assignment{}}}, nil},
		{"records that are none", `[null,{"id":"Q1"},7,"x",[{}]]`, []Incident{{ID: "Q1"}}, []string{"record [0]", "record [2]", "record [3]", "record [4]"}},
		{"times in no form that is known", `[{"id":"Q1","created_at":7,"resolved_at":"soon","title":"x"},{"id":"Q2","created_at":"","resolved_at":null}]`,
			[]Incident{{ID: "Q1", Title: "x"}, {ID: "Q2"}}, []string{"created_at of Q1", "resolved_at of Q1"}},
		{"nothing", `[]`, []Incident{}, nil},
	} {
		var got []Incident
		odd, err := decode([]byte(c.raw), &got)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", c.name, diff)
		}
		var named []string
		for _, o := range odd {
			if strings.HasPrefix(o.Record, "[") && o.Field != "" {
				named = append(named, o.Field+" of record "+o.Record)
				continue
			}
			named = append(named, o.String())
		}
		if diff := cmp.Diff(c.odd, named); diff != "" {
			t.Errorf("%s: odd, -want +got:\n%s", c.name, diff)
		}
	}
	for _, raw := range []string{`{"id":"Q1"}`, `"x"`, `7`, `true`} {
		var list []Incident
		if _, err := decode([]byte(raw), &list); err == nil {
			t.Errorf("%s is a list", raw)
		}
	}
}

// TestOddIsReported in lists of several pages, in lists without pages and in
// single records, to the call that met it.
func TestOddIsReported(t *testing.T) {
	t.Parallel()
	pd := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"incidents":[{"id":"Q1","incident_number":"12","title":"x"}],"more":"perhaps",
			"incident":{"id":"Q1","incident_number":"12"},"notes":[{"id":"PN","content":7}]}`)
	})
	for name, c := range map[string]struct {
		call func(Reader) error
		want []Odd
	}{
		"pages": {func(r Reader) error {
			for page, err := range r.Incidents(t.Context(), IncidentFilter{}, Window{Limit: 5}) {
				if err != nil || len(page.Items) != 1 || page.Items[0].Title != "x" || page.More {
					return fmt.Errorf("%+v, %w", page, err)
				}
			}
			return nil
		}, []Odd{{"Q1", "incident_number"}, {"", "more"}}},
		"a record": {func(r Reader) error { _, err := r.Incident(t.Context(), "Q1"); return err }, []Odd{{"", "incident_number"}}},
		"a list":   {func(r Reader) error { _, err := r.Notes(t.Context(), "Q1"); return err }, []Odd{{"PN", "content"}}},
	} {
		var odd []Odd
		if err := c.call(pd.Reader.WithOdd(func(o Odd) { odd = append(odd, o) })); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, odd); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
		if err := c.call(pd.Reader); err != nil { // whom it does not interest
			t.Errorf("%s: %v", name, err)
		}
	}
}

// goWords are words of Go that mean nothing to a reader of an error.
var goWords = regexp.MustCompile(`json:|Go (struct|value)|unmarshal|pdapi\.|\bmap\[|interface|RawMessage|\[\]|reflect|nil`)

// TestAnswersThatAreNone say what came instead, in plain words.
func TestAnswersThatAreNone(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`[]`, `"x"`, `7`, `null`, `{}`, `{"notes":{}}`, `{"notes":"x"}`, `{"notes":7}`, `{"notes":true}`, `{"notes":[`, `{"notes":[]} {}`, `<html>`, `{"notes":[{]}`, ` `,
	} {
		pd := newClient(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
		_, err := pd.Notes(t.Context(), "Q1")
		var lost *TransportError
		if isPage := body[0] == '<'; !errors.As(err, &lost) || lost.Answered == isPage || lost.Foreign != isPage || !lost.Reads || goWords.MatchString(err.Error()) {
			t.Errorf("%s: %v", body, err)
		}
	}
	pd := newClient(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"notes":null}`)) })
	if notes, err := pd.Notes(t.Context(), "Q1"); err != nil || len(notes) > 0 {
		t.Errorf("null for a list: %v, %v", notes, err)
	}
}

// collect reads all records of a list.
func collect[T any](pages iter.Seq2[Page[T], error]) (all []T, err error) {
	for page, err := range pages {
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
	}
	return all, nil
}

// whole are answers as PagerDuty's API reference shows them, with the call that
// reads each and the number of records that it has.
var whole = map[string]struct {
	answer  string
	records int
	call    func(context.Context, Reader) (int, error)
}{
	"incidents": {`{"incidents":[{"id":"Q1","incident_number":1,"title":"x","status":"triggered","urgency":"high","created_at":"2026-11-25T01:00:00Z",
		"service":{"id":"PS","type":"service_reference","summary":"Checkout"},"assignments":[{"at":"2026-11-25T01:00:00Z","assignee":{"id":"PU","summary":"Ana"}}],
		"alert_counts":{"all":1,"triggered":1,"resolved":0},"body":{"details":"x"},"teams":[{"id":"PT"}],"pending_actions":[{"type":"escalate","at":"2026-11-25T02:00:00Z"}]},
		{"id":"Q2","incident_number":2,"priority":{"id":"PP","summary":"P1"}}],"limit":25,"offset":0,"total":null,"more":false}`, 2,
		func(ctx context.Context, r Reader) (int, error) {
			all, err := collect(r.Incidents(ctx, IncidentFilter{}, Window{Limit: 25}))
			return len(all), err
		}},
	"services": {`{"services":[{"id":"PS","name":"Checkout","auto_resolve_timeout":14400,"incident_urgency_rule":{"type":"use_support_hours","during_support_hours":{"type":"constant","urgency":"high"}},
		"support_hours":{"type":"fixed_time_per_day","days_of_week":[1,2]},"scheduled_actions":[{"type":"urgency_change","at":{"type":"named_time","name":"support_hours_start"},"to_urgency":"high"}],
		"alert_grouping_parameters":{"type":"time"},"auto_pause_notifications_parameters":{"enabled":true,"timeout":300}}],"more":false}`, 1,
		func(ctx context.Context, r Reader) (int, error) {
			all, err := collect(r.Services(ctx, ServiceFilter{}, Window{Limit: 25}))
			return len(all), err
		}},
	"schedule": {`{"schedule":{"id":"PD","name":"Night","schedule_layers":[{"name":"L1","rotation_turn_length_seconds":86400,"users":[{"user":{"id":"PU"}}],
		"restrictions":[{"type":"daily_restriction","duration_seconds":3600}]}],"final_schedule":{"rendered_schedule_entries":[{"user":{"id":"PU"},"start":"2026-11-25T01:00:00Z"}],"rendered_coverage_percentage":100.0}}}`, 1,
		func(ctx context.Context, r Reader) (int, error) {
			_, err := r.Schedule(ctx, "PD", time.Time{}, time.Time{}, "")
			return 1, err
		}},
	"related": {`{"related_incidents":[{"incident":{"id":"Q1"},"relationships":[{"type":"service_dependency","metadata":{"dependent_services":{"id":"PS"},"supporting_services":[{"id":"PS"}]}}]}]}`, 1,
		func(ctx context.Context, r Reader) (int, error) {
			all, err := r.RelatedIncidents(ctx, "Q1")
			return len(all), err
		}},
	"outlier": {`{"outlier_incident":{"incident":{"id":"Q1","occurrence":{"count":3,"frequency":0.1,"category":"rare"}},"incident_template":{"mined_text":"x"}}}`, 1,
		func(ctx context.Context, r Reader) (int, error) {
			_, err := r.OutlierIncident(ctx, "Q1", time.Time{})
			return 1, err
		}},
	"groupings": {`{"alert_grouping_settings":[{"id":"PG","type":"time","config":{"timeout":0},"services":[{"id":"PS","name":"x"}]}],"after":null}`, 1,
		func(ctx context.Context, r Reader) (int, error) {
			all, err := collect(r.AlertGroupingSettings(ctx, nil, Window{Limit: 25}))
			return len(all), err
		}},
	"router": {`{"orchestration_path":{"type":"router","version":"v1","sets":[{"id":"start","rules":[{"id":"r1","conditions":[]}]}],"catch_all":{}}}`, 1,
		func(ctx context.Context, r Reader) (int, error) {
			path, err := r.Router(ctx, "o")
			_, _, _, _ = path.Rules(), path.Version(), path.CatchAll(), path.Sets()
			return 1, err
		}},
	"oncalls": {`{"oncalls":[{"user":{"id":"PU"},"escalation_policy":{"id":"PE"},"escalation_level":1,"start":null,"end":null}],"more":false}`, 1,
		func(ctx context.Context, r Reader) (int, error) {
			all, err := collect(r.OnCalls(ctx, OnCallFilter{}, Window{Limit: 25}))
			return len(all), err
		}},
	"policies": {`{"escalation_policies":[{"id":"PE","num_loops":2,"escalation_rules":[{"escalation_delay_in_minutes":30,"targets":[{"id":"PU","type":"user_reference"}]}]}],"more":false}`, 1,
		func(ctx context.Context, r Reader) (int, error) {
			all, err := collect(r.EscalationPolicies(ctx, PolicyFilter{}, Window{Limit: 25}))
			return len(all), err
		}},
}

// mutations are what a value may be instead of itself; the last takes it away.
var mutations = []string{
	`null`, `""`, `"12"`, `12`, `-1.5e300`, `true`, `[]`, `{}`, `[null]`, `[[]]`, `{"id":{}}`, `"2026-13-45"`, `[{"id":7}]`, `{"new":{"x":[null]}}`, ``,
}

// mutate puts JSON in the place of the nth value in an answer, counted from the
// outside in, and reports whether there is one.
func mutate(value any, n *int, instead string) (found bool) {
	change := func(inner any, set func(any), remove func()) bool {
		if *n > 0 {
			*n--
			return mutate(inner, n, instead)
		}
		var other any
		if json.Unmarshal([]byte(instead), &other) != nil {
			remove()
		} else {
			set(other)
		}
		return true
	}
	switch value := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			if change(value[key], func(v any) { value[key] = v }, func() { delete(value, key) }) {
				return true
			}
		}
	case []any:
		for i := range value {
			if change(value[i], func(v any) { value[i] = v }, func() { value[i] = nil }) {
				return true
			}
		}
	}
	return false
}

// readMutated makes the call of an answer on one of its mutations, and reports
// whether there is a value in that place. Nothing may panic, no list may be lost
// for a fault in one of its records, and no error may speak of Go.
func readMutated(t *testing.T, name string, place int, instead string) bool {
	c := whole[name]
	var answer, changed map[string]any
	if err := errors.Join(json.Unmarshal([]byte(c.answer), &answer), json.Unmarshal([]byte(c.answer), &changed)); err != nil {
		t.Fatal(err)
	}
	if !mutate(changed, &place, instead) {
		return false
	}
	body, err := json.Marshal(changed)
	if err != nil {
		t.Fatal(err)
	}
	pd, err := New(Config{Key: Key{secret: "key"}, Transport: transport(func(*http.Request) (*http.Response, error) {
		return respond(http.StatusOK, string(body)), nil
	})})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.call(t.Context(), pd.Reader)
	if err != nil && goWords.MatchString(err.Error()) {
		t.Errorf("%s: %v", body, err)
	}
	// Whether what the call is about is still there: a list as long as before, or
	// an object.
	var there bool
	for key, value := range answer {
		switch value := value.(type) {
		case []any:
			list, ok := changed[key].([]any)
			there = there || ok && len(list) == len(value)
		case map[string]any:
			_, ok := changed[key].(map[string]any)
			there = there || ok && name != "router" // of which nothing may be left out
		}
	}
	if there && (err != nil || got < c.records-1) {
		t.Errorf("%s: %d records of %d, %v", body, got, c.records, err)
	}
	return true
}

// TestMutatedRecords replaces each value in each answer by each kind of value.
func TestMutatedRecords(t *testing.T) {
	t.Parallel()
	for name := range whole {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, instead := range mutations {
				for place := 0; readMutated(t, name, place, instead); place++ {
				}
			}
		})
	}
}

// FuzzRecords replaces values in answers by whatever JSON it makes up.
func FuzzRecords(f *testing.F) {
	names := slices.Sorted(maps.Keys(whole))
	for i := range names {
		for _, instead := range mutations {
			f.Add(uint(i), uint(3*i), instead)
		}
	}
	f.Fuzz(func(t *testing.T, which, place uint, instead string) {
		readMutated(t, names[which%uint(len(names))], int(place%100), instead)
	})
}
