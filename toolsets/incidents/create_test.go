package incidents_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

func TestCreateIncident(t *testing.T) {
	t.Parallel()
	posts := func(r *rig.Rig) (n int) {
		for _, s := range r.Sent() {
			if strings.HasPrefix(s, "POST") {
				n++
			}
		}
		return n
	}
	with := func(r *rig.Rig) rig.Args {
		return rig.Args{"title": "Checkout is slow", "service_id": r.ID("service", "Checkout API"), "incident_key": "slow"}
	}
	for name, c := range map[string]struct {
		faults []sandbox.Fault
		fails  bool
		want   string
	}{
		"reset after it took effect": {faults: []sandbox.Fault{{Method: "POST", ResetAfter: true, Times: 1}}, want: "was found by its incident_key"},
		"answer broke off":           {faults: []sandbox.Fault{{Method: "POST", Truncate: true, Times: 1}}, want: "was found by its incident_key"},
		"502 after it took effect":   {faults: []sandbox.Fault{{Method: "POST", Status: 502, AfterEffect: true, Times: 1}}, want: "was found by its incident_key"},
		"lost on the way there":      {faults: []sandbox.Fault{{Method: "POST", Reset: true, Times: 1}}, fails: true, want: `probably not created. If it is still wanted, call create_incident again with incident_key "slow"`},
		"lost, and the look-up fails": {
			faults: []sandbox.Fault{{Method: "POST", ResetAfter: true, Times: 1}, {Method: "GET", Status: 403, Body: "{}"}},
			fails:  true, want: `call create_incident again with incident_key "slow"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			for _, f := range c.faults {
				r.Inject(f)
			}
			text, isError := r.Call(t, "create_incident", with(r))
			if isError != c.fails || !strings.Contains(text, c.want) && !strings.Contains(text, strings.ReplaceAll(c.want, `"`, `\"`)) {
				t.Errorf("error %v: %s\nwant %v: %s", isError, text, c.fails, c.want)
			}
			if n := posts(r); n != 1 {
				t.Errorf("%d POSTs, want 1", n)
			}
		})
	}
	t.Run("hang", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t, rig.WithConfig(func(c *pdapi.Config) { c.AttemptTimeout = 150 * time.Millisecond }))
		r.Inject(sandbox.Fault{Method: "POST", Hang: true})
		if said := r.Refusal(t, "create_incident", with(r)); !strings.Contains(said, "did not come in time") || posts(r) != 1 {
			t.Errorf("%d POSTs: %s", posts(r), said)
		}
	})
	t.Run("looks that hang hold up no page", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		page := with(r)
		begun := time.Now()
		r.Inject(sandbox.Fault{Method: "GET", Hang: true})
		got := r.Answer(t, "create_incident", page)
		if took := time.Since(begun); got["paged"] == nil || took > 40*time.Second {
			t.Errorf("after %v: %v", took, got)
		}
	})
	t.Run("duplicate", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		first := r.Answer(t, "create_incident", with(r))
		second := r.Answer(t, "create_incident", with(r))
		id := first["incident"].(map[string]any)["id"].(string)
		if !strings.Contains(second["note"].(string), "Already open: "+id) {
			t.Errorf("%v", second)
		}
	})
	t.Run("a key is generated, and urgency is the service's", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		low := r.Answer(t, "create_incident", rig.Args{"title": "x", "service_id": r.ID("service", "Refunds Worker")})
		if !strings.HasPrefix(low["incident_key"].(string), "pagerduty-mcp-") || low["incident"].(map[string]any)["urgency"] != "low" {
			t.Errorf("%v", low)
		}
		if body := r.Requests()[0].Body; strings.Contains(body, "urgency") || strings.Contains(body, "null") {
			t.Errorf("sent %s", body)
		}
	})
	t.Run("an account-level key", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t, rig.WithKey(sandbox.AccountKey))
		if said := r.Refusal(t, "create_incident", with(r)); !strings.Contains(said, "PAGERDUTY_FROM_EMAIL") {
			t.Errorf("%s", said)
		}
		r = rig.New(t, rig.WithKey(sandbox.AccountKey), rig.WithConfig(func(c *pdapi.Config) { c.From = "ana.souza@northwind.example" }))
		r.Answer(t, "create_incident", with(r))
	})
	t.Run("two assignments", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		a := with(r)
		a["assignee_id"], a["escalation_policy_id"] = "PAAAAA1", "PAAAAA2"
		if said := r.Refusal(t, "create_incident", a); !strings.Contains(said, "not both") || len(r.Requests()) > 0 {
			t.Errorf("%s %v", said, r.Sent())
		}
	})
}

// TestTheSameIncidentSideBySide makes the same call many times at once, as clients do that
// got no answer in time: one incident is opened, and one person paged, also where PagerDuty
// doesn't say what is open already.
func TestTheSameIncidentSideBySide(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]*sandbox.Fault{
		"seen": nil, "unseen": {Method: "GET", Path: "/incidents", Status: 403, Body: "{}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			service := r.ID("service", "Search API")
			if fault != nil {
				r.Inject(*fault)
			}
			var all sync.WaitGroup
			var mu sync.Mutex
			paged := 0
			for n := range 8 {
				all.Go(func() {
					text, _ := r.Call(t, "create_incident", rig.Args{"title": []string{"Search is slow", "search is  slow "}[n%2], "service_id": service})
					mu.Lock()
					defer mu.Unlock()
					if strings.Contains(text, `"paged":[`) {
						paged++
					}
				})
			}
			all.Wait()
			if paged != 1 {
				t.Errorf("%d calls paged somebody", paged)
			}
			if other := r.Answer(t, "create_incident", rig.Args{"title": "Search is down", "service_id": service}); other["paged"] == nil {
				t.Errorf("another title: %v", other)
			}
		})
	}
}
