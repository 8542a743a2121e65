package server_test

import (
	"strings"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/incidents"
)

// resource reads a resource.
func resource(t *testing.T, r *rig.Rig, uri string) (string, error) {
	t.Helper()
	var request mcp.ReadResourceRequest
	request.Params.URI = uri
	got, err := r.Client.ReadResource(t.Context(), request)
	if err != nil {
		return "", err
	}
	if len(got.Contents) != 1 {
		t.Fatalf("%s has %d contents", uri, len(got.Contents))
	}
	text, ok := mcp.AsTextResourceContents(got.Contents[0])
	if !ok || text.URI != uri || text.MIMEType != "application/json" {
		t.Fatalf("%s is %+v", uri, got.Contents[0])
	}
	return text.Text, nil
}

func TestResources(t *testing.T) {
	t.Parallel()
	t.Run("offered where their tools are", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t, rig.WithSets(incidents.Set()))
		templates, err := r.Client.ListResourceTemplates(t.Context(), mcp.ListResourceTemplatesRequest{})
		if err != nil || len(templates.ResourceTemplates) != 1 || templates.ResourceTemplates[0].URITemplate.Raw() != "pagerduty://incidents/{number}" {
			t.Errorf("%v %+v", err, templates)
		}
		if list, err := r.Client.ListResources(t.Context(), mcp.ListResourcesRequest{}); err != nil || len(list.Resources) != 0 {
			t.Errorf("%v %+v", err, list)
		}
		if _, err := resource(t, r, "pagerduty://oncall"); err == nil {
			t.Error("the on-call list was read without its tool")
		}
		list, err := rig.New(t).Client.ListResources(t.Context(), mcp.ListResourcesRequest{})
		if err != nil || len(list.Resources) != 1 || list.Resources[0].URI != "pagerduty://oncall" {
			t.Errorf("%v %+v", err, list)
		}
	})
	t.Run("they are what the tools answer", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		for uri, call := range map[string]struct {
			tool string
			args rig.Args
		}{
			"pagerduty://incidents/4711":                                {"get_incident", rig.Args{"incident_id": "4711", "include": "notes"}},
			"pagerduty://incidents/" + r.ID("incident", "4713"):         {"get_incident", rig.Args{"incident_id": "4713", "include": "notes"}},
			"pagerduty://oncall":                                        {"list_oncalls", rig.Args{"limit": 100}},
			"pagerduty://oncall/Payments%20Primary":                     {"list_oncalls", rig.Args{"limit": 100, "schedule_ids": "Payments Primary"}},
			"pagerduty://oncall/" + r.ID("schedule", "Release Captain"): {"list_oncalls", rig.Args{"limit": 100, "schedule_ids": r.ID("schedule", "Release Captain")}},
		} {
			want, _ := r.Call(t, call.tool, call.args)
			if got, err := resource(t, r, uri); err != nil || got != want {
				t.Errorf("%s: %v\n%s\nwant\n%s", uri, err, got, want)
			}
		}
	})
	t.Run("what goes wrong is said as the tools say it", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		for uri, want := range map[string]string{
			"pagerduty://incidents/99999": "PagerDuty knows no incident",
			"pagerduty://incidents/a%20b": "is not an incident; give its number (4711)",
			"pagerduty://oncall/Nowhere":  `there is no schedule "Nowhere"`,
			"pagerduty://somewhere/4711":  "not found",
		} {
			if _, err := resource(t, r, uri); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %s", uri, err, want)
			}
		}
		r.Inject(sandbox.Fault{Status: 401, Body: `{"error":{"message":"no","code":2006}}`})
		if _, err := resource(t, r, "pagerduty://incidents/4711"); err == nil || !strings.Contains(err.Error(), "PAGERDUTY_USER_API_KEY") {
			t.Errorf("%v", err)
		}
	})
}
