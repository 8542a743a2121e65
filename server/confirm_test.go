package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/server"
)

func confirming(o *server.Options) { o.Confirm = server.ConfirmRisky }

// writes are the requests of a rig's server that change something.
func writes(r *rig.Rig) []string {
	var sent []string
	for _, s := range r.Sent() {
		if !strings.HasPrefix(s, "GET ") {
			sent = append(sent, s)
		}
	}
	return sent
}

// emptyTeam makes a team that can be deleted, and returns its id.
func emptyTeam(t *testing.T, r *rig.Rig, name string) string {
	t.Helper()
	id, _ := r.Answer(t, "create_team", rig.Args{"name": name})["id"].(string)
	r.ForgetRequests()
	return id
}

// TestConfirmByToken holds a change of a client that can't ask its user until the call is
// repeated with the token, which stands for that call and that state, once.
func TestConfirmByToken(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.WithServer(confirming))
	held := func(arguments rig.Args) map[string]any {
		t.Helper()
		got := r.Answer(t, "delete_team", arguments)
		if got["confirmation_needed"] != true || len(writes(r)) > 0 {
			t.Fatalf("not held: %v, sent %v", got, writes(r))
		}
		return got
	}
	first, second := emptyTeam(t, r, "Night Watch"), emptyTeam(t, r, "Day Watch")

	got := held(rig.Args{"team_id": first})
	if would := fmt.Sprint(got["would"]); !strings.Contains(would, `"Night Watch" (`+first+")") {
		t.Errorf("it says %s", would)
	}
	token := got["confirm"]
	// It stands for neither another call nor another state, and yes is no token.
	for _, given := range []any{token, "yes", true, "AAAA", 1, strings.Repeat("A", 30)} {
		if again := held(rig.Args{"team_id": second, "confirm": given}); again["confirm"] == token {
			t.Errorf("%v: the same token again", given)
		}
	}
	r.Elsewhere(t, http.MethodPut, "/teams/"+first, `{"team":{"type":"team","name":"Owls"}}`)
	r.ForgetRequests()
	changed := held(rig.Args{"team_id": first, "confirm": token})
	if !strings.Contains(fmt.Sprint(changed["would"]), "Owls") || !strings.Contains(fmt.Sprint(changed["note"]), "has changed meanwhile") {
		t.Errorf("the team was renamed: %v", changed)
	}
	done := r.Answer(t, "delete_team", rig.Args{"team_id": first, "confirm": changed["confirm"]})
	if done["confirmation_needed"] != nil || len(writes(r)) != 1 {
		t.Fatalf("not done: %v, sent %v", done, writes(r))
	}
	r.ForgetRequests()
	// The token is used up: for a state that is the same again, too.
	held(rig.Args{"team_id": second, "confirm": changed["confirm"]})
}

// TestWhatIsHeld has calls that a person has to see, and ones that were asked for as they
// are.
func TestWhatIsHeld(t *testing.T) {
	t.Parallel()
	many := []any{4701, 4702, 4703, 4704, 4705, 4706}
	var people []any
	for _, user := range rig.New(t).Answer(t, "list_users", rig.Args{"limit": 6})["users"].([]any) {
		people = append(people, user.(map[string]any)["id"])
	}
	for _, c := range []struct {
		tool      string
		arguments rig.Args
		mode      server.Confirm
		held      bool
	}{
		{"manage_incidents", rig.Args{"incident_ids": []any{4711}, "status": "acknowledged"}, server.ConfirmRisky, false},
		{"manage_incidents", rig.Args{"incident_ids": many[:5], "urgency": "low"}, server.ConfirmRisky, false},
		{"manage_incidents", rig.Args{"incident_ids": many, "urgency": "low"}, server.ConfirmRisky, true},
		{"manage_incidents", rig.Args{"incident_ids": many, "urgency": "low"}, server.ConfirmNever, false},
		{"add_note_to_incident", rig.Args{"incident_id": 4711, "note": "x"}, server.ConfirmRisky, false},
		{"add_note_to_incident", rig.Args{"incident_id": 4711, "note": "x"}, server.ConfirmAlways, true},
		{"create_incident", rig.Args{"title": "x", "service_id": "Search API"}, server.ConfirmRisky, false},
		{"create_incident", rig.Args{"title": "x", "service_id": "Search API"}, server.ConfirmAlways, true},
		{"list_incidents", rig.Args{}, server.ConfirmAlways, false},
		{"remove_team_member", rig.Args{"team_id": "Search", "user_id": "Ben Carter"}, server.ConfirmRisky, true},
		{"merge_incidents", rig.Args{"incident_id": 4711, "source_incident_ids": []any{4712}}, server.ConfirmRisky, true},
		{"update_event_orchestration_router", rig.Args{"orchestration_id": "Shop Events", "rules": []any{}}, server.ConfirmRisky, true},
		{"send_status_update", rig.Args{"incident_id": 4711, "message": "x"}, server.ConfirmRisky, true},
		{"update_service", rig.Args{"service_id": "Search API", "description": "x"}, server.ConfirmRisky, false},
		{"manage_incidents", rig.Args{"incident_ids": many[:1], "assignee_ids": people[:5]}, server.ConfirmRisky, false},
		{"manage_incidents", rig.Args{"incident_ids": many[:1], "assignee_ids": people}, server.ConfirmRisky, true},
		{"add_responders", rig.Args{"incident_id": 4711, "user_ids": people[:5], "message": "x"}, server.ConfirmRisky, false},
		{"add_responders", rig.Args{"incident_id": 4711, "user_ids": people, "message": "x"}, server.ConfirmRisky, true},
		{"add_responders", rig.Args{"incident_id": 4711, "user_ids": people[:5], "escalation_policy_ids": []any{"Search On-Call"}, "message": "x"}, server.ConfirmRisky, true},
		{"create_schedule_override", rig.Args{"schedule_id": "Search Primary", "overrides": shifts(people[:5])}, server.ConfirmRisky, false},
		{"create_schedule_override", rig.Args{"schedule_id": "Search Primary", "overrides": shifts(people)}, server.ConfirmRisky, true},
	} {
		t.Run(fmt.Sprint(c.tool, c.arguments, c.mode), func(t *testing.T) {
			t.Parallel()
			r := rig.New(t, rig.WithServer(func(o *server.Options) { o.Confirm = c.mode }))
			text, _ := r.Call(t, c.tool, c.arguments)
			if held := strings.Contains(text, `"confirmation_needed":true`); held != c.held || held && len(writes(r)) > 0 {
				t.Errorf("held: %v, sent %v: %s", held, writes(r), text)
			}
		})
	}
}

// shifts are overrides of an hour each.
func shifts(people []any) (overrides []any) {
	for i, user := range people {
		overrides = append(overrides, map[string]any{"user_id": user, "start": fmt.Sprintf("2026-03-03T%02d:00:00Z", i), "end": fmt.Sprintf("2026-03-03T%02d:00:00Z", i+1)})
	}
	return overrides
}

// elicit plays a client of the older protocol that can ask its user.
func elicit(t *testing.T, answer string) (call map[string]any, asked string, r *rig.Rig) {
	t.Helper()
	p := newPipe(t, rig.WithServer(confirming))
	id := emptyTeam(t, p.rig, "Night Watch")
	p.send(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"elicitation":{}},"clientInfo":{"name":"t","version":"1"}}}`)
	p.next()
	p.send(`{"jsonrpc":"2.0","method":"notifications/initialized"}`)
	p.send(`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"delete_team","arguments":{"team_id":%q}}}`, id)
	question := p.next()
	if question["method"] != "elicitation/create" {
		t.Fatalf("no question: %v", question)
	}
	params := question["params"].(map[string]any)
	if len(writes(p.rig)) > 0 {
		t.Fatalf("sent %v before the answer", writes(p.rig))
	}
	p.send(`{"jsonrpc":"2.0","id":3,"method":"ping"}`)
	if pong := p.next(); pong["id"] != 3.0 {
		t.Fatalf("while a person thinks: %v", pong)
	}
	data, _ := json.Marshal(question["id"])
	p.send(`{"jsonrpc":"2.0","id":%s,%s}`, data, answer)
	return p.next(), fmt.Sprint(params["message"]), p.rig
}

func TestConfirmByTheClientsUser(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer, want string
		done         bool
	}{
		"yes":     {`"result":{"action":"accept","content":{}}`, `"id"`, true},
		"no":      {`"result":{"action":"decline"}`, "said no", false},
		"closed":  {`"result":{"action":"cancel"}`, "said no", false},
		"refused": {`"error":{"code":-32601,"message":"no such method"}`, "could not show the question", false},
		"nothing": {`"result":{}`, "said no", false},
		"garbage": {`"result":[1,2]`, "could not show the question", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, asked, r := elicit(t, c.answer)
			if !strings.Contains(asked, `"Night Watch"`) || !strings.Contains(asked, "can't be undone") {
				t.Errorf("the question: %s", asked)
			}
			text, _ := json.Marshal(got)
			if plain := strings.ReplaceAll(string(text), `\"`, `"`); !strings.Contains(plain, c.want) || (len(writes(r)) == 1) != c.done || len(writes(r)) > 1 {
				t.Errorf("sent %v: %s", writes(r), plain)
			}
		})
	}
}

// TestWordsForATokenAskThePerson has a call with something that is no token, as a model
// makes one up after a no: where the client can ask its user, the user is asked, and the
// model gets no token that it could confirm with in their place.
func TestWordsForATokenAskThePerson(t *testing.T) {
	t.Parallel()
	for _, made := range []string{"yes", "AAAA", strings.Repeat("A", 30)} {
		t.Run(made, func(t *testing.T) {
			t.Parallel()
			p := newPipe(t, rig.WithServer(confirming))
			id := emptyTeam(t, p.rig, "Night Watch")
			p.send(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"elicitation":{}},"clientInfo":{"name":"t","version":"1"}}}`)
			p.next()
			p.send(`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"delete_team","arguments":{"team_id":%q,"confirm":%q}}}`, id, made)
			question := p.next()
			if question["method"] != "elicitation/create" || !strings.Contains(fmt.Sprint(question["params"]), "does not count") {
				t.Fatalf("no question: %v", question)
			}
			data, _ := json.Marshal(question["id"])
			p.send(`{"jsonrpc":"2.0","id":%s,"result":{"action":"decline"}}`, data)
			if got := fmt.Sprint(p.next()); !strings.Contains(got, "said no") || len(writes(p.rig)) > 0 {
				t.Errorf("sent %v: %s", writes(p.rig), got)
			}

			today := func(more string) map[string]any {
				p.send(`{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"delete_team","arguments":{"team_id":%q,"confirm":%q}%s,"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{"elicitation":{}}}}}`, id, made, more)
				result, _ := p.next()["result"].(map[string]any)
				return result
			}
			asked := today("")
			if asked["resultType"] != "input_required" || len(writes(p.rig)) > 0 {
				t.Fatalf("no question in the protocol of 2026: %v", asked)
			}
			if got := today(fmt.Sprintf(`,"requestState":%q,"inputResponses":{"confirm":{"action":"accept","content":{}}}`, asked["requestState"])); got["isError"] == true || len(writes(p.rig)) != 1 {
				t.Errorf("accepted: %v, sent %v", got, writes(p.rig))
			}
		})
	}
}

// TestConfirmOfToday plays a client of protocol version 2026-07-28: the question is the
// result of the call, and the call comes again with the answer.
func TestConfirmOfToday(t *testing.T) {
	t.Parallel()
	p := newPipe(t, rig.WithServer(confirming))
	first, second := emptyTeam(t, p.rig, "Night Watch"), emptyTeam(t, p.rig, "Day Watch")
	n := 0
	call := func(team, more string) map[string]any {
		t.Helper()
		n++
		p.send(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"delete_team","arguments":{"team_id":%q}%s,"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{"elicitation":{}}}}}`, n, team, more)
		got := p.next()
		result, ok := got["result"].(map[string]any)
		if !ok {
			t.Fatalf("%v", got)
		}
		return result
	}
	asked := call(first, "")
	if asked["resultType"] != "input_required" || len(writes(p.rig)) > 0 {
		t.Fatalf("%v", asked)
	}
	question := fmt.Sprint(asked["inputRequests"])
	if !strings.Contains(question, "Night Watch") {
		t.Errorf("%s", question)
	}
	state, _ := asked["requestState"].(string)
	accept := func(state string) string {
		return fmt.Sprintf(`,"requestState":%q,"inputResponses":{"confirm":{"action":"accept","content":{}}}`, state)
	}
	for name, more := range map[string]string{
		"an answer for another call": accept(state),
		"an answer to no question":   accept(""),
		"a state of one's own":       accept("AAAA"),
	} {
		if got := call(second, more); got["resultType"] != "input_required" || len(writes(p.rig)) > 0 {
			t.Errorf("%s: %v, sent %v", name, got, writes(p.rig))
		}
	}
	if got := call(first, `,"requestState":"`+state+`","inputResponses":{"confirm":{"action":"decline"}}`); !strings.Contains(fmt.Sprint(got), "said no") || len(writes(p.rig)) > 0 {
		t.Errorf("declined: %v", got)
	}
	if got := call(first, accept(state)); got["isError"] == true || len(writes(p.rig)) != 1 {
		t.Errorf("accepted: %v, sent %v", got, writes(p.rig))
	}
	if got := call(first, accept(state)); got["resultType"] == "complete" && got["isError"] != true {
		t.Errorf("the same answer twice: %v", got)
	}
	if len(writes(p.rig)) != 1 {
		t.Errorf("sent %v", writes(p.rig))
	}
}

// TestSilence has a client that says it can ask its user and never does. The call says so
// after a while, with a token.
func TestSilence(t *testing.T) {
	t.Parallel()
	p := newPipe(t, rig.WithServer(func(o *server.Options) { o.Confirm, o.PersonPatience = server.ConfirmRisky, 50*time.Millisecond }))
	id := emptyTeam(t, p.rig, "Night Watch")
	p.send(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{"elicitation":{}},"clientInfo":{"name":"t","version":"1"}}}`)
	p.next()
	p.send(`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"delete_team","arguments":{"team_id":%q}}}`, id)
	question := p.next()
	if gone := p.next(); gone["method"] != "notifications/cancelled" || fmt.Sprint(gone["params"].(map[string]any)["requestId"]) != fmt.Sprint(question["id"]) {
		t.Errorf("the question was not taken back: %v", gone)
	}
	got := p.next()
	if text := fmt.Sprint(got["result"]); !strings.Contains(text, "obody answered") || !strings.Contains(text, "confirmation_needed") {
		t.Errorf("%s", text)
	}
	// An answer that is too late does nothing.
	data, _ := json.Marshal(question["id"])
	p.send(`{"jsonrpc":"2.0","id":%s,"result":{"action":"accept"}}`, data)
	p.send(`{"jsonrpc":"2.0","id":3,"method":"ping"}`)
	if p.next(); len(writes(p.rig)) > 0 {
		t.Errorf("sent %v", writes(p.rig))
	}
}

// TestHeldSentences holds that a person reads what a change is about where an id tells
// nothing, and where a list is empty.
func TestHeldSentences(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.WithServer(confirming))
	would := func(tool string, arguments rig.Args) string {
		t.Helper()
		said, _ := r.Answer(t, tool, arguments)["would"].(string)
		return said
	}
	shift := shifts([]any{"Ben Carter"})
	made := r.Answer(t, "create_schedule_override", rig.Args{"schedule_id": "Search Primary", "overrides": shift})
	id := made["overrides"].([]any)[0].(map[string]any)["id"]
	said := would("delete_schedule_override", rig.Args{"schedule_id": "Search Primary", "override_id": id})
	if !strings.Contains(said, `has "Ben Carter" on call from 2026-03-03 00:00`) {
		t.Errorf("the override: %s", said)
	}
	if said := would("update_event_orchestration_router", rig.Args{"orchestration_id": "Shop Events", "rules": []any{}}); !strings.Contains(said, "rules none") {
		t.Errorf("no rules: %s", said)
	}
}

// TestConfirmOfMany holds that a token stands also for the state of those incidents that
// are too many to be named.
func TestConfirmOfMany(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.WithServer(confirming))
	var many []any
	for _, one := range r.Answer(t, "list_incidents", rig.Args{"limit": 14})["incidents"].([]any) {
		many = append(many, one.(map[string]any)["id"])
	}
	r.ForgetRequests()
	arguments := rig.Args{"incident_ids": many, "urgency": "low"}
	arguments["confirm"] = r.Answer(t, "manage_incidents", arguments)["confirm"]
	r.Elsewhere(t, http.MethodPut, "/incidents", fmt.Sprintf(`{"incidents":[{"id":%q,"type":"incident_reference","title":"Not what it was"}]}`, many[13]))
	r.ForgetRequests()
	if got := r.Answer(t, "manage_incidents", arguments); !strings.Contains(fmt.Sprint(got["note"]), "has changed meanwhile") || len(writes(r)) > 0 {
		t.Errorf("sent %v: %v", writes(r), got)
	}
}
