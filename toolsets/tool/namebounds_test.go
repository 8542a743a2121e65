package tool_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/server"
)

// soon fails the test if f takes long. What is refused at once takes a fraction of a
// second; the limit leaves room for a machine that is busy with other tests.
func soon(t *testing.T, f func()) {
	t.Helper()
	start := time.Now()
	f()
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
}

// TestLongNames holds that text longer than any name is refused without a request.
func TestLongNames(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	const size = 64 << 10
	for what, given := range map[string]any{
		"a name":            strings.Repeat("x", 16*size),
		"a reference":       map[string]any{"id": strings.Repeat("x", size), "type": "service_reference"},
		"words":             strings.Repeat("word ", size/5),
		"hidden characters": "a" + strings.Repeat("\u200b", size/3) + strings.Repeat("b", 256),
		"marks":             "e" + strings.Repeat("\u0301", size/2),
		"an address":        strings.Repeat("x", size) + "@corp.example",
		"256 characters":    strings.Repeat("ü", 256),
	} {
		soon(t, func() {
			if said := r.Refusal(t, "get_service", rig.Args{"service_id": given}); !strings.Contains(said, "more than 255 characters") || len(said) > 2000 {
				t.Errorf("%s: %.300s", what, said)
			}
		})
	}
	soon(t, func() {
		if said := r.Refusal(t, "get_service", rig.Args{"service_id": "https://acme.pagerduty.com/services/" + strings.Repeat("P", size)}); len(said) > 2000 {
			t.Errorf("%d bytes", len(said))
		}
	})
	if len(r.Requests()) > 0 {
		t.Errorf("sent %v", r.Sent())
	}
	// The longest name there is can be looked up.
	longest := strings.Repeat("ü", 255)
	if got := withObjects(t, "services", object{ID: "PWANTED", Name: longest}).Answer(t, "touch", rig.Args{"service_id": longest}); got["service_id"] != "PWANTED" {
		t.Errorf("%v", got)
	}
}

// TestManyNames holds how many names one call may look up.
func TestManyNames(t *testing.T) {
	t.Parallel()
	names := func(n int) []string {
		var out []string
		for i := range n {
			out = append(out, fmt.Sprintf("other %03d", i))
		}
		return out
	}
	for _, tool := range []string{"look", "touch"} {
		r := withObjects(t, "services", others("Other", 120)...)
		said := r.Refusal(t, tool, rig.Args{"service_ids": names(101)})
		if !strings.Contains(said, "101 objects") || !strings.Contains(said, "at most 100") || !strings.Contains(said, "service_ids") {
			t.Errorf("%s: %s", tool, said)
		}
		if got := r.Answer(t, tool, rig.Args{"service_ids": names(100)}); len(got["service_ids"].([]any)) != 100 {
			t.Errorf("%s: %v", tool, got)
		}
		// The same name again is no other look-up, and means the same object.
		if got := r.Answer(t, tool, rig.Args{"service_ids": append(names(100), names(100)...)}); len(got["service_ids"].([]any)) != 100 {
			t.Errorf("%s: %v", tool, got)
		}
	}
}

// TestManyUnknownIDs holds that a call with thousands of ids that PagerDuty doesn't
// know sends few requests.
func TestManyUnknownIDs(t *testing.T) {
	t.Parallel()
	var ids []string
	for i := range 10_000 {
		ids = append(ids, fmt.Sprintf("PZZ%04d", i))
	}
	for _, name := range []string{"list_incidents", "list_alert_grouping_settings", "create_alert_grouping_setting"} {
		r := rig.New(t)
		arguments := rig.Args{"service_ids": ids}
		if name == "create_alert_grouping_setting" {
			arguments = rig.Args{"service_ids": ids[:250], "type": "time", "timeout": 0}
		}
		soon(t, func() { r.Refusal(t, name, arguments) })
		if n := len(r.Requests()); n > 20 {
			t.Errorf("%s sent %d requests", name, n)
		}
	}
}

// TestManyKnownIDs holds that ids that PagerDuty knows are settled by few requests,
// and once only.
func TestManyKnownIDs(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	r.AddServices(300)
	var ids []string
	for i := range 200 {
		ids = append(ids, r.ID("service", fmt.Sprintf("Bulk Service %d", i+1)))
	}
	for range 2 {
		r.ForgetRequests()
		r.Answer(t, "list_incidents", rig.Args{"service_ids": ids})
		if n := len(r.Requests()); n > 10 {
			t.Errorf("sent %d requests", n)
		}
	}
	if n := len(r.Requests()); n != 1 {
		t.Errorf("the second time %d requests were sent: %v", n, r.Sent())
	}
}

// TestLookUpsEndWithTheCall holds that the deadline of a call ends its look-ups,
// whether PagerDuty hangs or there is much to compare.
func TestLookUpsEndWithTheCall(t *testing.T) {
	t.Parallel()
	shortly := rig.WithServer(func(o *server.Options) { o.CallTimeout = 300 * time.Millisecond })
	t.Run("PagerDuty hangs", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t, rig.WithSets(lookAndTouch), shortly)
		r.Inject(sandbox.Fault{Path: "/services", Hang: true})
		var names []string
		for i := range 50 {
			names = append(names, fmt.Sprint("name ", i))
		}
		soon(t, func() {
			if said := r.Refusal(t, "touch", rig.Args{"service_ids": names}); !strings.Contains(said, "time") {
				t.Errorf("%s", said)
			}
		})
	})
	t.Run("much to compare", func(t *testing.T) {
		t.Parallel()
		var objects []object
		for i := range 100 {
			objects = append(objects, object{ID: fmt.Sprintf("POTH%03d", i), Name: strings.Repeat(fmt.Sprint("ab", i, " "), 50)})
		}
		r := rig.New(t, rig.WithSets(lookAndTouch), shortly, rig.WithAPI(func(account http.Handler) http.Handler {
			return &directory{"services", objects, account}
		}))
		var names []string
		for i := range 100 {
			names = append(names, strings.Repeat(fmt.Sprint("z", i, " "), 50))
		}
		soon(t, func() { r.Refusal(t, "look", rig.Args{"service_ids": names}) })
	})
}
