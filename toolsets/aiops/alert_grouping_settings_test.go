package aiops_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
)

// TestWrongGrouping holds every configuration that is refused before anything
// is sent.
func TestWrongGrouping(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	one, two := []string{"PAAAAA1"}, []string{"PAAAAA1", "PAAAAA2"}
	content := func(change rig.Args) rig.Args {
		a := rig.Args{"type": "content_based", "service_ids": one, "aggregate": "all", "fields": []string{"summary"}}
		for k, v := range change {
			a[k] = v
		}
		return a
	}
	for name, c := range map[string]struct {
		arguments rig.Args
		want      string
	}{
		"no type":                            {rig.Args{"service_ids": one}, "type: is required"},
		"unknown type":                       {content(rig.Args{"type": "smart"}), "use content_based, content_based_intelligent, intelligent or time"},
		"no service":                         {content(rig.Args{"service_ids": []string{}}), "service_ids: is blank"},
		"content without aggregate":          {rig.Args{"type": "content_based", "service_ids": one, "fields": "summary"}, "aggregate: is required for type content_based"},
		"content without fields":             {rig.Args{"type": "content_based", "service_ids": one, "aggregate": "any"}, "fields: is required for type content_based"},
		"content with timeout":               {content(rig.Args{"timeout": 300}), "timeout: is not for type content_based"},
		"window of a second":                 {content(rig.Args{"time_window": 1}), "time_window: use 0"},
		"window of 299":                      {content(rig.Args{"time_window": 299}), "time_window: use 0"},
		"window of 3601":                     {content(rig.Args{"time_window": 3601}), "time_window: use 0"},
		"window of 86399":                    {content(rig.Args{"time_window": 86399}), "time_window: use 0"},
		"negative window":                    {content(rig.Args{"time_window": -300}), "time_window: use 0"},
		"a day for two services":             {content(rig.Args{"time_window": 86400, "service_ids": two}), "exactly one service"},
		"both kinds for two services":        {content(rig.Args{"type": "content_based_intelligent", "service_ids": two}), "takes exactly one service"},
		"both kinds, a day":                  {content(rig.Args{"type": "content_based_intelligent", "time_window": 86400}), "time_window: use 0"},
		"both kinds without fields":          {rig.Args{"type": "content_based_intelligent", "service_ids": one, "aggregate": "all"}, "fields: is required"},
		"intelligent with aggregate":         {rig.Args{"type": "intelligent", "service_ids": one, "aggregate": "all"}, "aggregate: is not for type intelligent"},
		"intelligent, a day":                 {rig.Args{"type": "intelligent", "service_ids": one, "time_window": 86400}, "time_window: use 0"},
		"intelligent with timeout":           {rig.Args{"type": "intelligent", "service_ids": one, "timeout": 0}, "timeout: is not for type intelligent"},
		"time without timeout":               {rig.Args{"type": "time", "service_ids": one}, "timeout: is required for type time"},
		"time with a window":                 {rig.Args{"type": "time", "service_ids": one, "timeout": 0, "time_window": 300}, "time_window: is not for type time"},
		"time with fields":                   {rig.Args{"type": "time", "service_ids": one, "timeout": 0, "fields": "summary"}, "fields: is not for type time"},
		"timeout of 59":                      {rig.Args{"type": "time", "service_ids": one, "timeout": 59}, "timeout: use 0"},
		"timeout of 86401":                   {rig.Args{"type": "time", "service_ids": one, "timeout": 86401}, "timeout: use 0"},
		"two mistakes are both told":         {rig.Args{"type": "time", "service_ids": one, "timeout": 1, "fields": "summary"}, "2 arguments are wrong"},
		"more services than share a setting": {content(rig.Args{"service_ids": strings.Split(strings.Repeat("PAAAAA1 ", 250)+"PAAAAA2", " ")}), "at most 250"},
	} {
		if said := r.Refusal(t, "create_alert_grouping_setting", c.arguments); !strings.Contains(said, c.want) {
			t.Errorf("%s: %q does not say %q", name, said, c.want)
		}
	}
	if sent := r.Requests(); len(sent) > 0 {
		t.Errorf("sent %v", sent)
	}
}

func TestGroupingUpdates(t *testing.T) {
	t.Parallel()
	t.Run("what is there is never refused, and kept", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		odd := r.ID("grouping", "Grouping of Refunds Worker") // timeout 45, and a key nobody knows
		if got := r.Answer(t, "get_alert_grouping_setting", rig.Args{"alert_grouping_setting_id": odd}); fmt.Sprint(got["config"]) != "map[timeout:45 unheard_of:true]" {
			t.Errorf("%v", got)
		}
		if got := r.Answer(t, "update_alert_grouping_setting", rig.Args{"alert_grouping_setting_id": odd, "clear": "name"}); got["name"] != nil || fmt.Sprint(got["config"]) != "map[timeout:45 unheard_of:true]" {
			t.Errorf("%v", got)
		}
		if body := r.LastBody(http.MethodPut); body != `{"alert_grouping_setting":{"name":null}}` {
			t.Errorf("sent %s", body)
		}
	})
	t.Run("one value of a config", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		id := r.ID("grouping", "Grouping of Checkout API")
		r.Answer(t, "update_alert_grouping_setting", rig.Args{"alert_grouping_setting_id": id, "time_window": 600})
		want := `{"alert_grouping_setting":{"config":{"aggregate":"all","fields":["summary","component"],"time_window":600},"type":"content_based"}}`
		if body := r.LastBody(http.MethodPut); body != want {
			t.Errorf("sent %s", body)
		}
	})
	t.Run("another type starts afresh", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		id := r.ID("grouping", "Grouping of Checkout API")
		if said := r.Refusal(t, "update_alert_grouping_setting", rig.Args{"alert_grouping_setting_id": id, "type": "time"}); !strings.Contains(said, "timeout: is required for type time") {
			t.Errorf("%s", said)
		}
		got := r.Answer(t, "update_alert_grouping_setting", rig.Args{"alert_grouping_setting_id": id, "type": "intelligent", "fields": "summary"})
		if fmt.Sprint(got["config"]) != "map[iag_fields:[summary]]" {
			t.Errorf("%v", got)
		}
	})
	t.Run("nothing to change", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		r.Refusal(t, "update_alert_grouping_setting", rig.Args{"alert_grouping_setting_id": "PAAAAA1"})
		if len(r.Requests()) > 0 {
			t.Errorf("sent %v", r.Sent())
		}
	})
	t.Run("the cursor is followed", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		whole := r.Answer(t, "list_alert_grouping_settings", rig.Args{"limit": 1000})
		if n := len(whole["alert_grouping_settings"].([]any)); n != 13 || whole["more"] != nil || len(r.Requests()) != 3 {
			t.Errorf("%d settings in %d requests", n, len(r.Requests()))
		}
		first := r.Answer(t, "list_alert_grouping_settings", rig.Args{"limit": 7})
		second := r.Answer(t, "list_alert_grouping_settings", rig.Args{"limit": 7, "cursor": first["next_cursor"]})
		parts := append(first["alert_grouping_settings"].([]any), second["alert_grouping_settings"].([]any)...)
		if diff := cmp.Diff(whole["alert_grouping_settings"], any(parts)); diff != "" {
			t.Errorf("-whole +parts:\n%s", diff)
		}
	})
}

// TestGroupingGoesOnByCursor reads the list in parts. Nothing is read twice, and every
// setting is there once.
func TestGroupingGoesOnByCursor(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	whole := r.Answer(t, "list_alert_grouping_settings", rig.Args{"limit": 100})["alert_grouping_settings"].([]any)
	var parts []any
	for cursor := ""; ; {
		arguments := rig.Args{"limit": 4}
		if cursor != "" {
			arguments["cursor"] = cursor
		}
		r.ForgetRequests()
		got := r.Answer(t, "list_alert_grouping_settings", arguments)
		if n := len(r.Requests()); n != 1 {
			t.Fatalf("%d requests for one part: %v", n, r.Sent())
		}
		parts = append(parts, got["alert_grouping_settings"].([]any)...)
		next, _ := got["next_cursor"].(string)
		if got["more"] == nil || next == "" || len(parts) > len(whole) {
			break
		}
		cursor = next
	}
	if diff := cmp.Diff(whole, parts); diff != "" {
		t.Errorf("-whole +parts:\n%s", diff)
	}
}
