package tool_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestPartsOfNamesInChanges holds which parts of names a change takes: the only one there
// is that begins so, or has a word that does.
func TestPartsOfNamesInChanges(t *testing.T) {
	t.Parallel()
	tara := []object{{ID: "PWANTED", Name: "Tara Okafor", Email: "t.okafor@x.example"}, {ID: "PANOTHR", Name: "Guitarist Two", Email: "g@x.example"}}
	with := func(names ...string) []object {
		list := tara
		for i, name := range names {
			list = append(list[:len(list):len(list)], object{ID: fmt.Sprintf("PMORE%02d", i), Name: name, Email: fmt.Sprintf("%d@x.example", i)})
		}
		return list
	}
	for what, c := range map[string]struct {
		users []object
		said  string
		taken bool
	}{
		"the first name":                        {tara, "tara", true},
		"the last name":                         {tara, "Okafor", true},
		"the beginning of a word":               {tara, "okaf", true},
		"words at the beginning":                {tara, "Tara Ok", true},
		"behind a hyphen":                       {with("Ana-Lucía Reyes"), "Lucía", true},
		"the middle of a word":                  {tara, "kafor", false},
		"too short to tell":                     {tara, "Ta", false},
		"a part of the address":                 {tara, "t.okafor@x", false},
		"another with the same first name":      {with("Tara Smith"), "Tara", false},
		"another whose last name it begins":     {with("Ben Tarantino"), "tara", false},
		"another that has accents":              {with("Tára Smith"), "Tara", false},
		"another that has a hidden character":   {with("Ta\u200bra Smith"), "Tara", false},
		"with accents that the name has not":    {tara, "Tará", false},
		"the whole name of another":             {with("Tara"), "tara", true}, // as ever: it is whole
		"not sure, since not all can be listed": {append(others("someone", 1100), tara...), "Tara", false},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			r := withObjects(t, "users", c.users...)
			for _, tool := range []string{"touch", "make", "call"} {
				text, refused := r.Call(t, tool, rig.Args{"user_ids": c.said})
				if refused == c.taken || c.taken && !strings.Contains(text, "understood") {
					t.Errorf("%s %s: %s", tool, c.said, text)
				}
			}
			for _, tool := range []string{"page", "remove"} {
				text, refused := r.Call(t, tool, rig.Args{"user_ids": c.said})
				if whole := what == "the whole name of another"; refused == whole {
					t.Errorf("%s %s: %s", tool, c.said, text)
				}
			}
		})
	}
}

// TestPagingNeedsWholeNames holds that all names must be whole in a call that has an
// argument that pages, and that the answer is a question.
func TestPagingNeedsWholeNames(t *testing.T) {
	t.Parallel()
	r := withObjects(t, "users", object{ID: "PWANTED", Name: "Tara Okafor", Email: "t@x.example"})
	r.Answer(t, "call", rig.Args{"user_ids": "Tara"})
	said := r.Refusal(t, "call", rig.Args{"user_ids": "Tara", "paged_team_id": r.ID("team", "Payments")})
	if !strings.Contains(said, `Is it "Tara Okafor" (PWANTED, "t@x.example")?`) || strings.Contains(said, "paged_team_id") {
		t.Error(said)
	}
}

// TestPartsAmongAll holds that a change does not take a part of a name when the list of
// all objects can't be had, and that many parts cost one such list.
func TestPartsAmongAll(t *testing.T) {
	t.Parallel()
	t.Run("the list fails", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		r.Inject(sandbox.Fault{Path: "/users", Skip: 1, Status: http.StatusForbidden})
		said := r.Refusal(t, "add_team_member", rig.Args{"team_id": "Payments", "user_id": "Chloe"})
		if len(r.Writes()) > 0 || !strings.Contains(said, "Chloe") {
			t.Errorf("%v: %s", r.Writes(), said)
		}
	})
	t.Run("many", func(t *testing.T) {
		t.Parallel()
		var list []object
		var said []string
		for i := range 30 {
			list = append(list, object{ID: fmt.Sprintf("PMORE%02d", i), Name: fmt.Sprintf("first%02d last", i)})
			said = append(said, fmt.Sprintf("first%02d", i))
		}
		var lists atomic.Int32
		r := rig.New(t, rig.WithSets(lookAndTouch), rig.WithAPI(func(account http.Handler) http.Handler {
			known := &directory{"services", list, account}
			return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
				if request.URL.Path == "/services" && request.URL.Query().Get("query") == "" {
					lists.Add(1)
				}
				known.ServeHTTP(w, request)
			})
		}))
		if got := r.Answer(t, "touch", rig.Args{"service_ids": said}); len(got["service_ids"].([]any)) != 30 || lists.Load() != 1 {
			t.Errorf("%d lists: %v", lists.Load(), got)
		}
	})
}

// TestRealChangesByParts holds the line with the tools that there are.
func TestRealChangesByParts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tool, call string
		asks       string // back, or empty
	}{
		{"add_team_member", `{"team_id":"Payments","user_id":"Chloe"}`, ""},
		{"update_team", `{"team_id":"Identity","description":"x"}`, ""},
		{"update_service", `{"service_id":"Fraud","description":"x"}`, ""},
		{"update_service", `{"service_id":"Fraud","escalation_policy_id":"Data On-Call"}`, "Fraud Scoring"},
		{"update_service", `{"service_id":"Fraud","urgency":"low"}`, "Fraud Scoring"},
		{"create_service", `{"name":"x","escalation_policy_id":"Platform"}`, "Platform On-Call"},
		{"create_incident", `{"title":"x","service_id":"Fraud"}`, "Fraud Scoring"},
		{"create_incident", `{"title":"x","service_id":"Fraud Scoring","assignee_id":"Chloe"}`, "Chloe Nguyen"},
		{"manage_incidents", `{"incident_ids":4714,"assignee_ids":"Chloe"}`, "Chloe Nguyen"},
		{"add_responders", `{"incident_id":4711,"user_ids":"Chloe"}`, "Chloe Nguyen"},
		{"create_schedule_override", `{"schedule_id":"Data Primary","overrides":[{"user_id":"Chloe","start":"now","end":"+2h"}]}`, "Chloe Nguyen"},
		{"remove_team_member", `{"team_id":"Payments","user_id":"Chloe"}`, "Chloe Nguyen"},
		{"delete_team", `{"team_id":"Empty"}`, "Empty Team"},
		{"delete_alert_grouping_setting", `{"alert_grouping_setting_id":"Grouping of Cart"}`, "Grouping of Cart Service"},
		{"append_event_orchestration_router_rule", `{"orchestration_id":"Shop Events","conditions":"event.class matches 'x'","route_to":"Fraud"}`, "Fraud Scoring"},
		{"append_event_orchestration_router_rule", `{"orchestration_id":"Shop","conditions":"event.class matches 'x'","route_to":"Fraud Scoring"}`, "Shop Events"},
	} {
		r := rig.New(t)
		text, refused := r.Call(t, c.tool, json.RawMessage(c.call))
		switch {
		case c.asks == "" && (refused || !strings.Contains(text, "understood")):
			t.Errorf("%s %s: %s", c.tool, c.call, text)
		case c.asks != "" && (!refused || !strings.Contains(text, "Is it "+strconv.Quote(c.asks)+" (") || len(r.Writes()) > 0):
			t.Errorf("%s %s: %v %s", c.tool, c.call, r.Writes(), text)
		}
	}
}
