package aiops_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// writtenElsewhere adds a rule to a router past the server.
func writtenElsewhere(t *testing.T, r *rig.Rig, id, condition, label string) {
	t.Helper()
	path := "/event_orchestrations/" + id + "/router"
	var router map[string]map[string]any
	if err := json.Unmarshal(r.Elsewhere(t, http.MethodGet, path, ""), &router); err != nil {
		t.Fatal(err)
	}
	set := router["orchestration_path"]["sets"].([]any)[0].(map[string]any)
	set["rules"] = append(set["rules"].([]any), rig.Args{"label": label, "conditions": []rig.Args{{"expression": condition}}, "actions": rig.Args{"route_to": r.ID("service", "Search API")}})
	body, err := json.Marshal(rig.Args{"orchestration_path": rig.Args{"type": "router", "sets": router["orchestration_path"]["sets"], "catch_all": router["orchestration_path"]["catch_all"]}})
	if err != nil {
		t.Fatal(err)
	}
	r.Elsewhere(t, http.MethodPut, path, string(body))
}

// TestCredentialsInRules holds that credentials in rules are shown by no answer, stay in
// PagerDuty when rules are sent back as they were read, also changed in another
// part, and are never replaced by what is shown for them.
func TestCredentialsInRules(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	id := r.ID("orchestration", "Partner Events")
	for _, secret := range []string{"hunter2", "swordfish"} {
		writtenElsewhere(t, r, id, "event.custom_details.url matches part 'https://ops:"+secret+"@db.example'", "of the databases")
	}
	text, _ := r.Call(t, "get_event_orchestration_router", rig.Args{"orchestration_id": id})
	if strings.Contains(text, "hunter2") || strings.Contains(text, "swordfish") || strings.Count(text, wording.Redacted) != 3 {
		t.Errorf("%s", text)
	}
	got := r.Answer(t, "get_event_orchestration_router", rig.Args{"orchestration_id": id})
	rules := got["sets"].([]any)[0].(map[string]any)["rules"].([]any)
	last := rules[len(rules)-1].(map[string]any)
	last["label"] = "of the old databases"
	text, isError := r.Call(t, "update_event_orchestration_router", rig.Args{"orchestration_id": id, "rules": rules, "expected_version": got["version"]})
	if isError || strings.Contains(text, "hunter2") || strings.Contains(text, "swordfish") || !strings.Contains(text, "of the old databases") {
		t.Errorf("%s", text)
	}
	body := r.LastBody(http.MethodPut)
	if strings.Contains(body, "redacted") || strings.Count(body, "hunter2") != 1 || strings.Count(body, "swordfish") != 1 || !strings.Contains(body, "of the old databases") {
		t.Errorf("sent %s", body)
	}
	delete(last, "id")
	last["label"] = "another"
	r.ForgetRequests()
	said := r.Refusal(t, "update_event_orchestration_router", rig.Args{"orchestration_id": id, "rules": append(rules, last), "expected_version": got["version"]})
	if !strings.Contains(said, "stands for a credential") || len(r.Writes()) > 0 {
		t.Errorf("%v: %s", r.Writes(), said)
	}
	said = r.Refusal(t, "append_event_orchestration_router_rule", rig.Args{"orchestration_id": id, "conditions": last["conditions"].([]any)[0].(map[string]any)["expression"], "route_to": "Search API"})
	if !strings.Contains(said, "stands for a credential") || len(r.Writes()) > 0 {
		t.Errorf("%v: %s", r.Writes(), said)
	}
	shown, isError := r.Call(t, "append_event_orchestration_router_rule", rig.Args{"orchestration_id": id, "conditions": "event.class matches 'token=abc123'", "route_to": "Search API", "label": "password: hunter2"})
	if isError || strings.Contains(shown, "abc123") || strings.Contains(shown, "hunter2") || !strings.Contains(r.LastBody(http.MethodPut), "abc123") {
		t.Errorf("%s", shown)
	}
}
