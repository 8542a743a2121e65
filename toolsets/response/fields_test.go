package response_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

func TestListIncidentOptions(t *testing.T) {
	t.Parallel()
	t.Run("under the name it has elsewhere", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		if got := r.Answer(t, "list_priorities", nil); len(got) != 1 || len(got["priorities"].([]any)) != 4 {
			t.Errorf("%v", got)
		}
	})
	for name, c := range map[string]struct {
		fault sandbox.Fault
		want  []string
	}{
		"a plan without priorities": {sandbox.Fault{Path: "/priorities", Status: 402, Body: `{"error":"Payment Required"}`}, []string{"plan has no Priorities", `"types"`, `"custom_fields"`}},
		"a plan without types":      {sandbox.Fault{Path: "/incidents/types", Times: 1, Status: 402, Body: `{"error":"Payment Required"}`}, []string{"plan has no Incident types", `"priorities"`, `"environment"`}},
		"a key that sees no fields": {sandbox.Fault{Path: "/incidents/types/", Status: 403, Body: `{"error":"Access Denied"}`}, []string{"Custom fields are left out", `"priorities"`, `"types"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			r.Inject(c.fault)
			got, failed := r.Call(t, "list_incident_options", nil)
			for _, want := range c.want {
				if failed || !strings.Contains(got, want) {
					t.Errorf("%s lacks %s", got, want)
				}
			}
		})
	}
	t.Run("PagerDuty is down", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		r.Inject(sandbox.Fault{Path: "/priorities", Status: 400, Body: `{"error":{"message":"no","code":2001}}`})
		r.Refusal(t, "list_incident_options", nil)
	})
}

func TestSetFields(t *testing.T) {
	t.Parallel()
	t.Run("what means one thing is taken", func(t *testing.T) {
		t.Parallel()
		for given, want := range map[string]string{
			`{"name":"environment","values":["Staging"]}`:                `"value":"staging"`,
			`{"name":"Environment","value":"staging"}`:                   `"value":"staging"`,
			`{"name":"affected-regions","values":"us-east"}`:             `"value":["us-east"]`,
			`{"name":"affected_regions","values":["us-east","US-EAST"]}`: `"value":["us-east"]`,
			`{"name":"orders_lost","value":12}`:                          `"value":12`,
			`{"name":"orders_lost","values":[0]}`:                        `"value":0`,
			`{"name":"customer_visible","value":"no"}`:                   `"value":false`,
			`{"name":"ticket","value":"https://tickets.example/7"}`:      `"value":"https://tickets.example/7"`,
		} {
			r := rig.New(t)
			r.Answer(t, "set_incident_fields", json.RawMessage(`{"incident_id":"4711","fields":[`+given+`]}`))
			if got := r.LastBody("PUT"); !strings.Contains(got, want) {
				t.Errorf("%s: sent %s", given, got)
			}
		}
	})
	t.Run("what is wrong is named, with what is allowed", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		for given, want := range map[string]string{
			`{"name":"environment","value":"prod"}`:                                                `fields: "environment" "prod" is none of the allowed values: "production", "staging", "development"`,
			`{"name":"environment","values":["production","staging"]}`:                             "takes one value, not 2",
			`{"name":"affected_regions","values":["eu-central","mars"]}`:                           `"mars" is none of the allowed values: "eu-central", "us-east", "ap-south"`,
			`{"name":"orders_lost","value":"many"}`:                                                `"many" is not a whole number`,
			`{"name":"orders_lost","value":1.5}`:                                                   "is not a whole number",
			`{"name":"customer_visible","value":3}`:                                                "is not true or false",
			`{"name":"ticket","value":"PAY-2214"}`:                                                 "is not a link",
			`{"name":"ticket","value":""}`:                                                         "values",
			`{"name":"flavor","value":"red"}`:                                                      `there is no field "flavor"; the fields are "environment", "affected_regions", "orders_lost", "ticket", "customer_visible"`,
			`{"name":"data_exposed","value":"no"}`:                                                 `there is no field "data_exposed"`,
			`{"name":"environment","value":"production"},{"name":"Environment","value":"staging"}`: "given twice",
		} {
			if got := r.Refusal(t, "set_incident_fields", json.RawMessage(`{"incident_id":"4711","fields":[`+given+`]}`)); !strings.Contains(got, want) {
				t.Errorf("%s: %s", given, got)
			}
		}
		for arguments, want := range map[string]string{
			`"clear":["flavor"]`: `clear: there is no field "flavor"`,
			`"clear":["Ticket"],"fields":[{"name":"ticket","value":"https://x.example"}]`: `clear: "ticket" is given twice`,
			`"fields":[]`: "nothing to change",
		} {
			if got := r.Refusal(t, "set_incident_fields", json.RawMessage(`{"incident_id":"4711",`+arguments+`}`)); !strings.Contains(got, want) {
				t.Errorf("%s: %s", arguments, got)
			}
		}
		said := r.Refusal(t, "set_incident_fields", json.RawMessage(`{"incident_id":"4711","fields":[{"name":"environment","value":"prod"},{"name":"orders_lost","value":"x"}]}`))
		if !strings.Contains(said, "environment") || !strings.Contains(said, "orders_lost") {
			t.Errorf("not all that is wrong is named: %s", said)
		}
		if len(r.Writes()) > 0 {
			t.Errorf("sent %v", r.Writes())
		}
	})
	t.Run("fields are emptied by name", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		got := r.Answer(t, "set_incident_fields", rig.Args{"incident_id": "4711", "clear": []string{"Affected Regions", "ticket"}})
		if body := r.LastBody("PUT"); strings.Count(body, `"value":null`) != 2 || len(got["custom_fields"].(map[string]any)) != 3 {
			t.Errorf("sent %s: %v", body, got)
		}
	})
	t.Run("fields of the incident's own type", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		list := r.Answer(t, "list_incidents", rig.Args{"service_ids": "Nightly Reports", "status": "triggered"})
		number := list["incidents"].([]any)[0].(map[string]any)["number"]
		got := r.Answer(t, "set_incident_fields", rig.Args{"incident_id": number, "fields": []rig.Args{{"name": "data_exposed", "value": "suspected"}}})
		if got["custom_fields"].(map[string]any)["data_exposed"] != "suspected" {
			t.Errorf("%v", got)
		}
	})
	t.Run("a key that may not see the definitions", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		r.Inject(sandbox.Fault{Path: "/incidents/types/", Status: 403, Body: `{"error":{"message":"Access Denied","code":2010}}`})
		r.Answer(t, "set_incident_fields", rig.Args{"incident_id": "4711", "fields": []rig.Args{{"name": "environment", "value": "staging"}}})
		if got := r.Refusal(t, "set_incident_fields", rig.Args{"incident_id": "4711", "fields": []rig.Args{{"name": "environment", "value": "prod"}}}); !strings.Contains(got, "not one of the field's options") {
			t.Errorf("%s", got)
		}
	})
	t.Run("its answer is lost", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		r.Inject(sandbox.Fault{Method: "PUT", Truncate: true})
		got := r.Answer(t, "set_incident_fields", rig.Args{"incident_id": "4711", "fields": []rig.Args{{"name": "orders_lost", "value": 7}}})
		if !strings.Contains(got["note"].(string), "the change was made") || got["custom_fields"].(map[string]any)["orders_lost"] != 7.0 {
			t.Errorf("%v", got)
		}
	})
	t.Run("it never arrives", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		r.Inject(sandbox.Fault{Method: "PUT", Reset: true})
		if got := r.Refusal(t, "set_incident_fields", rig.Args{"incident_id": "4711", "fields": []rig.Args{{"name": "orders_lost", "value": 7}}}); !strings.Contains(got, "not known whether") {
			t.Errorf("%s", got)
		}
	})
}
