package cli_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// night is one conversation of Lucas Moreau with the built program, over stdio, and
// the account that the program works on.
type night struct {
	*testing.T
	account *sandbox.Server
	client  *client.Client
	written map[string]int // how often each change was sent
}

// wake starts the program for somebody on call.
func wake(t *testing.T) *night {
	t.Helper()
	account, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(account.Close)
	env := bare("PAGERDUTY_USER_API_KEY="+sandbox.KeyOf("lucas.moreau@northwind.example"), "PAGERDUTY_API_HOST="+account.URL())
	c, err := client.NewStdioMCPClient(built(t), env, "incidents", "response", "oncall", "--enable-write-tools")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	var initialize mcp.InitializeRequest
	initialize.Params.ProtocolVersion = mcp.LATEST_LEGACY_PROTOCOL_VERSION
	if _, err := c.Initialize(t.Context(), initialize); err != nil {
		t.Fatal(err)
	}
	return &night{t, account, c, map[string]int{}}
}

// says makes a call, which must succeed and send these changes and no others, and
// checks that the answer has these words. Nothing may be read twice for it.
func (n *night) says(tool string, arguments map[string]any, writes []string, words ...string) map[string]any {
	n.Helper()
	n.account.ForgetRequests()
	var request mcp.CallToolRequest
	request.Params.Name, request.Params.Arguments = tool, arguments
	result, err := n.client.CallTool(n.Context(), request)
	if err != nil || len(result.Content) != 1 {
		n.Fatalf("%s: %v %v", tool, result, err)
	}
	content, _ := mcp.AsTextContent(result.Content[0])
	var answer map[string]any
	if err := json.Unmarshal([]byte(content.Text), &answer); err != nil || result.IsError {
		n.Fatalf("%s %v: %s", tool, arguments, content.Text)
	}
	for _, said := range words {
		if !strings.Contains(content.Text, said) {
			n.Errorf("%s %v does not say %q: %s", tool, arguments, said, content.Text)
		}
	}
	read, sent := map[string]int{}, []string{}
	for _, r := range n.account.Requests() {
		if r.Status >= http.StatusBadRequest {
			n.Errorf("%s: the account answers %d to %s %s", tool, r.Status, r, r.Body)
		}
		if r.Method != http.MethodGet {
			path, _, _ := strings.Cut(r.Path, "?")
			sent = append(sent, r.Method+" "+path)
			n.written[r.String()+" "+r.Body]++
			clear(read) // what was changed may be looked at again
			continue
		}
		// What a change that needs a yes would do is looked at, and then again to do it.
		if read[r.String()]++; read[r.String()] > 1 && arguments["confirm"] == nil {
			n.Errorf("%s reads %s twice", tool, r)
		}
	}
	if !slices.Equal(sent, writes) {
		n.Errorf("%s sent %q, want %q", tool, sent, writes)
	}
	return answer
}

// agrees makes a call that needs somebody's yes, and gives it: before that nothing is sent.
func (n *night) agrees(tool string, arguments map[string]any, writes []string, words ...string) {
	n.Helper()
	arguments["confirm"] = n.says(tool, arguments, nil, "Nothing was done yet")["confirm"]
	n.says(tool, arguments, writes, words...)
}

// TestNight plays the first ten minutes of a night in one conversation: from the page
// to the handoff. Lucas Moreau is woken by what turns out to be a symptom of a major
// incident, and solves that.
func TestNight(t *testing.T) {
	t.Parallel()
	n := wake(t)
	type args = map[string]any
	major, refunds := n.account.ID("incident", "4711"), n.account.ID("incident", "4715")
	var nothing []string // is changed

	// What woke me?
	n.says("list_notifications", args{"user_ids": "me", "since": "1h"}, nothing, `"Lucas Moreau"`, "Fraud Scoring: upstream timeouts", `"push"`)
	// One call tells that it is a symptom, and what helped the last time.
	n.says("triage_incident", args{"incident_id": 4713}, nothing,
		"triggered, high urgency, P3", "Lucas Moreau has it", "nobody has acknowledged it", "#4711 Payments API: card authorizations failing",
		"Only a symptom: Payments API was slow")
	n.says("triage_incident", args{"incident_id": 4711}, nothing,
		"It may be a change", "payments-api 412", "7 min before the first alert", "rolled payments-api back to the release before", "acknowledged by", "Fraud Scoring: upstream timeouts: triggered")
	n.says("get_incident_timeline", args{"incident_id": 4711}, nothing,
		"Deployed payments-api 412", `"-7 min"`, "Acknowledged by Ana Souza", "Routing 50% of traffic to the backup acquirer")
	n.says("list_change_events", args{"incident_id": 4711}, nothing, "upgrade the HTTP client to 3.0", "https://changes.northwind.example/payments-api/")

	// Who made the change is asked for help, and everybody is told.
	n.says("manage_incidents", args{"incident_ids": 4713, "status": "acknowledged"}, []string{"PUT /incidents"}, `"status":"acknowledged"`)
	n.says("add_responders", args{"incident_id": 4711, "user_ids": "Valeria Rossi", "message": "Please roll payments-api 412 back"},
		[]string{"POST /incidents/" + major + "/responder_requests"}, "Valeria Rossi", "pending")
	n.agrees("send_status_update", args{"incident_id": 4711, "message": "Card payments fail for a third of customers. We take back this morning's release."},
		[]string{"POST /incidents/" + major + "/status_updates"}, "take back this morning's release")

	// One incident is enough to look at, and what drains by itself can wait.
	n.agrees("merge_incidents", args{"incident_id": 4711, "source_incident_ids": 4713}, []string{"PUT /incidents/" + major + "/merge"}, `"number":4713`)
	n.says("snooze_incident", args{"incident_id": 4715, "until": "4h"}, []string{"POST /incidents/" + refunds + "/snooze"}, `"number":4715`)
	n.says("manage_incidents", args{"incident_ids": 4711, "status": "resolved", "resolution": "Rolled payments-api back to 411."},
		[]string{"PUT /incidents"}, `"status":"resolved"`)

	// The morning's shift finds it all.
	report := n.says("get_handoff", args{"schedule_id": "Payments Primary", "since": "1h"}, nothing,
		"card authorizations failing", "Lucas Moreau", "Refunds Worker: queue depth")
	open := report["still_open"].([]any)
	if len(open) != 1 || open[0].(map[string]any)["number"] != 4715.0 {
		n.Errorf("still open: %v", open)
	}
	n.says("get_incident_timeline", args{"incident_id": 4711, "since": "10m"}, nothing,
		"Lucas Moreau asked Valeria Rossi to help: Please roll payments-api 412 back", "Lucas Moreau: Card payments fail for a third of customers.",
		"Fraud Scoring: upstream timeouts", "Resolved by Lucas Moreau", "Rolled payments-api back to 411.")

	for _, change := range slices.Sorted(maps.Keys(n.written)) {
		if times := n.written[change]; times != 1 {
			n.Errorf("sent %d times: %s", times, change)
		}
	}
	if len(n.written) != 6 {
		n.Errorf("%d changes were sent, not 6: %q", len(n.written), slices.Sorted(maps.Keys(n.written)))
	}
}
