package tool_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestNames holds how references are read: what is found, what is asked back.
func TestNames(t *testing.T) {
	t.Parallel()
	t.Run("ids cost nothing", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		r.Answer(t, "get_service", rig.Args{"service_id": r.ID("service", "Search API")})
		if diff := cmp.Diff([]string{"GET /services/" + r.ID("service", "Search API")}, r.Sent()); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
	t.Run("a name costs one search, remembered by reads", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		id := r.ID("service", "Search API")
		for range 2 {
			r.Answer(t, "get_service", rig.Args{"service_id": "search api"})
		}
		if diff := cmp.Diff([]string{"GET /services", "GET /services/" + id, "GET /services/" + id}, r.Sent()); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		// A write looks anew, and what it may have changed is forgotten.
		r.ForgetRequests()
		r.Answer(t, "update_service", rig.Args{"service_id": "Search API", "name": "Find API"})
		if said := r.Refusal(t, "get_service", rig.Args{"service_id": "search api"}); !strings.Contains(said, "there is no service") {
			t.Errorf("%s", said)
		}
		if got := r.Sent()[:3]; got[0] != "GET /services" {
			t.Errorf("sent %v", got)
		}
	})
	t.Run("a write asks anew which priority has a name", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		for _, name := range []string{"P1", "p2", "P3"} {
			r.Answer(t, "manage_incidents", rig.Args{"incident_ids": r.ID("incident", "4713"), "priority_id": name})
		}
		if n := strings.Count(strings.Join(r.Sent(), " "), "/priorities"); n != 3 {
			t.Errorf("asked %d times: %v", n, r.Sent())
		}
	})
	t.Run("exact before prefix before part", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		for _, name := range []string{"Pay", "Pay Later", "Repay"} {
			r.Answer(t, "create_service", rig.Args{"name": name, "escalation_policy_id": "Data On-Call"})
		}
		for said, want := range map[string]string{"PAY": "Pay", "pay l": "Pay Later", "rep": "Repay", "later": "Pay Later"} {
			if got := r.Answer(t, "get_service", rig.Args{"service_id": said}); got["name"] != want {
				t.Errorf("%q is %v, want %s", said, got["name"], want)
			}
		}
	})
	t.Run("writes need the whole name", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		said := r.Refusal(t, "add_responders", rig.Args{"incident_id": r.ID("incident", "4711"), "user_ids": "Chloe"})
		if !strings.Contains(said, "whole name") || !strings.Contains(said, `"Chloe Nguyen" (`+r.ID("user", "Chloe Nguyen")+`, "chloe.nguyen@northwind.example")`) {
			t.Errorf("%s", said)
		}
		if strings.Contains(strings.Join(r.Sent(), " "), "POST") {
			t.Errorf("sent %v", r.Sent())
		}
	})
	t.Run("as a plain keyboard has it, and as a typographic one", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		for _, name := range []string{"Søndag–Łódź", "Straße “Nord”", "Payments’ Ledger", "Ｗide Ledger"} {
			r.Answer(t, "create_service", rig.Args{"name": name, "escalation_policy_id": "Data On-Call"})
		}
		for said, want := range map[string]string{
			"sondag-lodz": "Søndag–Łódź", "Sondag": "Søndag–Łódź", "SØNDAG—ŁÓDŹ": "Søndag–Łódź", "strasse": "Straße “Nord”", `Strasse "Nord"`: "Straße “Nord”",
			"Payments' Ledger": "Payments’ Ledger", "payments` ledger": "Payments’ Ledger", "wide ledger": "Ｗide Ledger",
			"\u00adPay\u00adments’ Led\u200bger\ufeff": "Payments’ Ledger", "`Search API`": "Search API", "«Search API»": "Search API", "‘search  api’": "Search API",
		} {
			if got := r.Answer(t, "get_service", rig.Args{"service_id": said}); got["name"] != want {
				t.Errorf("%q is %v, want %s", said, got["name"], want)
			}
		}
		for said, want := range map[string]string{
			"Liam O’Brien": "Liam O'Brien", "liam o´brien": "Liam O'Brien", "Zoe Laurent": "Zoë Laurent", "zoe\u0308 laurent": "Zoë Laurent", "ZOË": "Zoë Laurent", "'zoe'": "Zoë Laurent",
		} {
			got := r.Answer(t, "list_users", rig.Args{"query": want})["users"].([]any)[0].(map[string]any)
			rows := r.Answer(t, "list_oncalls", rig.Args{"user_ids": said, "since": "now", "until": "+89d"})["filters"].(map[string]any)["user_ids"].([]any)
			if len(rows) != 1 || rows[0] != got["id"] {
				t.Errorf("%q is %v, want %v", said, rows, got)
			}
		}
		// What pages needs the name as it is, and asks.
		if said := r.Refusal(t, "update_service", rig.Args{"service_id": "sondag-lodz", "description": "x"}); !strings.Contains(said, `Is it "Søndag–Łódź" (`) {
			t.Errorf("%s", said)
		}
	})
	t.Run("several", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		said := r.Refusal(t, "get_service", rig.Args{"service_id": "api"})
		for _, want := range []string{"may mean several", `"Search API" (`, `"Payments API" (`, `, "Payments")`} {
			if !strings.Contains(said, want) {
				t.Errorf("%q does not say %q", said, want)
			}
		}
	})
	t.Run("slips", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		for tool, c := range map[string][3]string{
			"get_service":                    {"service_id", "Chekout API", `"Checkout API" (`},
			"list_incidents":                 {"service_ids", "Serch API", `"Search API" (`},
			"list_team_members":              {"team_id", "Paymnets", `"Payments" (`},
			"get_schedule":                   {"schedule_id", "payments primry", `"Payments Primary" (`},
			"get_escalation_policy":          {"escalation_policy_id", "Platfomr On-Call", `"Platform On-Call" (`},
			"list_oncalls":                   {"user_ids", "Ana Sousa", `"Ana Souza" (`},
			"get_event_orchestration_router": {"orchestration_id", "Shop Event5", `"Shop Events" (`},
		} {
			said := r.Refusal(t, tool, rig.Args{c[0]: c[1]})
			if !strings.Contains(said, "the nearest: ") || !strings.Contains(said, c[2]) || !strings.Contains(said, c[0]+": there is no") {
				t.Errorf("%s: %s", tool, said)
			}
		}
		if said := r.Refusal(t, "get_service", rig.Args{"service_id": "xyzzy"}); !strings.Contains(said, "give its name, its id, or its URL") {
			t.Errorf("%s", said)
		}
	})
	t.Run("every mistake at once", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		said := r.Refusal(t, "list_incidents", rig.Args{"service_ids": []string{"xyzzy", "Search API"}, "team_ids": "plugh"})
		if !strings.Contains(said, "service_ids[0]: there is no service") || !strings.Contains(said, "team_ids: there is no team") {
			t.Errorf("%s", said)
		}
	})
	t.Run("any script", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		for _, name := range []string{"Zahlungen für Köln", "決済サービス", "Ödeme-Servisi"} {
			r.Answer(t, "create_service", rig.Args{"name": name, "escalation_policy_id": "Data On-Call"})
			if got := r.Answer(t, "get_service", rig.Args{"service_id": strings.ToLower(name)}); got["name"] != name {
				t.Errorf("%v, want %s", got["name"], name)
			}
		}
	})
	t.Run("names that look like ids", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		ana := r.ID("user", "Ana Souza") // the id of something else
		for _, name := range []string{"PAYMENT", ana, "API-GATEWAY", "QUEUEQUEUEQUEU", "4711"} {
			r.Answer(t, "create_service", rig.Args{"name": name, "escalation_policy_id": "Data On-Call"})
			if got := r.Answer(t, "get_service", rig.Args{"service_id": name}); got["name"] != name {
				t.Errorf("%v, want %s", got["name"], name)
			}
			// Where PagerDuty would find nothing rather than refuse, too.
			list := r.Answer(t, "list_alert_grouping_settings", rig.Args{"service_ids": name})
			if list["understood"] == nil && len(name) != 4 && name != "API-GATEWAY" {
				t.Errorf("%s was taken for an id: %v", name, list)
			}
			if got := r.Answer(t, "update_service", rig.Args{"service_id": name, "description": "found"}); got["description"] != "found" {
				t.Errorf("%v", got)
			}
		}
	})
	t.Run("links", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		service, schedule := r.ID("service", "Search API"), r.ID("schedule", "Data Primary")
		for _, link := range []string{
			"https://northwind-demo.pagerduty.com/service-directory/" + service, "https://northwind-demo.pagerduty.com/services/" + service + "/",
			"https://api.pagerduty.com/services/" + service, "https://northwind-demo.eu.pagerduty.com/service-directory/" + service + "?tab=activity",
		} {
			if got := r.Answer(t, "get_service", rig.Args{"service_id": link}); got["name"] != "Search API" {
				t.Errorf("%s: %v", link, got["name"])
			}
		}
		if got := r.Answer(t, "get_schedule", rig.Args{"schedule_id": "https://northwind-demo.pagerduty.com/schedules#" + schedule}); got["name"] != "Data Primary" {
			t.Errorf("%v", got["name"])
		}
		r.ForgetRequests()
		for _, link := range []string{
			"https://evil.example/services/" + service, "https://pagerduty.com.evil.example/services/" + service, "https://northwind-demo.pagerduty.com/users/" + service,
			"https://northwind-demo.pagerduty.com/services/..%2Fusers", "https://northwind-demo.pagerduty.com/services",
		} {
			r.Refusal(t, "get_service", rig.Args{"service_id": link})
		}
		if len(r.Requests()) > 0 {
			t.Errorf("sent %v", r.Sent())
		}
	})
	t.Run("five thousand services", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		r.AddServices(5000)
		r.Answer(t, "create_service", rig.Args{"name": "Bulk", "escalation_policy_id": "Data On-Call"})
		for _, name := range []string{"Bulk Service 4321", "bulk"} {
			r.ForgetRequests()
			got := r.Answer(t, "get_service", rig.Args{"service_id": name})
			if !strings.EqualFold(got["name"].(string), name) || len(r.Requests()) > 3 {
				t.Errorf("%s: %v in %d requests", name, got["name"], len(r.Requests()))
			}
		}
		if said := r.Refusal(t, "get_service", rig.Args{"service_id": "bulk service"}); !strings.Contains(said, "and more") || len(said) > 2000 {
			t.Errorf("%s", said)
		}
	})
	t.Run("me", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t, rig.WithKey(sandbox.AccountKey))
		if said := r.Refusal(t, "list_oncalls", rig.Args{"user_ids": "me"}); !strings.Contains(said, "account-level") {
			t.Errorf("%s", said)
		}
	})
	t.Run("a search that fails says so", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		r.Inject(sandbox.Fault{Path: "/priorities", Status: http.StatusPaymentRequired, Body: `{"error":{"message":"Account does not have the priorities ability","code":2014}}`})
		said := r.Refusal(t, "manage_incidents", rig.Args{"incident_ids": r.ID("incident", "4713"), "priority_id": "P1"})
		if !strings.Contains(said, "ooking for priority \"P1\"") || !strings.Contains(said, "plan does not include") {
			t.Errorf("%s", said)
		}
	})
}
