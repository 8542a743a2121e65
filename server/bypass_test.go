package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// TestNoWayRound has every write tool's examples under servers that don't allow them:
// without --enable-write-tools, under a policy, or where all changes are held. They are
// called by all of the tool's names and by ones that clients make of them, in wrappers, as
// a part of a batch, and with words for a token. Nothing that changes PagerDuty goes out.
func TestNoWayRound(t *testing.T) {
	t.Parallel()
	for name, guard := range map[string]func(*server.Options){
		"confirmation": func(o *server.Options) { o.Confirm = server.ConfirmAlways },
		"the gate":     func(o *server.Options) { o.EnableWrite = false },
		"the policy": func(o *server.Options) {
			o.Policy = &server.Policy{Allow: []server.Rule{{Name: "none", Services: []string{"No such service"}}}}
		},
		"rehearsals": func(o *server.Options) { o.DryRun = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rig.EachTool(t, func(t *testing.T, made tool.Tool, examples []json.RawMessage) {
				if made.Access().ReadOnly() {
					t.Skip("it only reads")
				}
				r := rig.New(t, rig.WithServer(guard))
				for _, example := range rig.Some(examples) {
					var plain map[string]any
					if err := json.Unmarshal(r.Fill(t, example), &plain); err != nil {
						t.Fatal(err)
					}
					attempt(t, r, made, plain)
				}
				if sent := writes(r); len(sent) > 0 {
					t.Errorf("sent %v", sent)
				}
			})
		})
	}
}

// attempt makes a call in every way that might get past a guard.
func attempt(t *testing.T, r *rig.Rig, made tool.Tool, plain map[string]any) {
	t.Helper()
	names := []string{made.Name(), strings.ToUpper(made.Name()), "mcp__pagerduty__" + made.Name(), " " + made.Name(), "unknown tool"}
	for _, alias := range made.Aliases() {
		names = append(names, alias.Name)
	}
	for _, name := range names {
		r.Call(t, name, plain)
	}
	for key, value := range map[string]any{
		"confirm": "yes", "Confirm": strings.Repeat("A", 30), "confirm_token": true, "confirmed": true, "dry_run": "no", "force": true, "policy": "none",
	} {
		arguments := rig.Args{key: value}
		for k, v := range plain {
			arguments[k] = v
		}
		r.Call(t, made.Name(), arguments)
	}
	for _, wrapper := range []string{"request", "arguments", "params", "input", "data", "body"} {
		r.Call(t, made.Name(), rig.Args{wrapper: plain, "confirm": "yes"})
	}
	for _, message := range []any{
		[]any{message("tools/call", map[string]any{"name": made.Name(), "arguments": plain})}, // a batch
		message("tools/call", map[string]any{"name": made.Name(), "arguments": plain, "inputResponses": map[string]any{"confirm": map[string]any{"action": "accept"}}}),
		message("resources/read", map[string]any{"uri": "pagerduty://" + made.Name()}),
		message("prompts/get", map[string]any{"name": made.Name(), "arguments": map[string]any{}}),
		message(made.Name(), plain),
	} {
		data, err := json.Marshal(message)
		if err != nil {
			t.Fatal(err)
		}
		r.Server.MCP().HandleMessage(t.Context(), data)
	}
}

func message(method string, params any) map[string]any {
	return map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
}

// TestTokensAreGoodOnce holds what a confirm token stands for: this call, this server, once,
// for five minutes.
func TestTokensAreGoodOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		use  func(t *testing.T, r *rig.Rig, arguments rig.Args, wait func(time.Duration)) (again rig.Args)
		done int    // how many changes go out
		why  string // part of the answer to what use returns
	}{
		"as it was given": {func(_ *testing.T, _ *rig.Rig, a rig.Args, _ func(time.Duration)) rig.Args { return a }, 1, ""},
		"arguments in another order": {func(_ *testing.T, _ *rig.Rig, a rig.Args, _ func(time.Duration)) rig.Args {
			return rig.Args{"confirm": a["confirm"], "team_id": a["team_id"]}
		}, 1, ""},
		"just in time": {func(_ *testing.T, _ *rig.Rig, a rig.Args, wait func(time.Duration)) rig.Args {
			wait(4*time.Minute + 59*time.Second)
			return a
		}, 1, ""},
		"too late": {func(_ *testing.T, _ *rig.Rig, a rig.Args, wait func(time.Duration)) rig.Args {
			wait(5*time.Minute + time.Second)
			return a
		}, 0, "The confirm token has run out"},
		"twice": {func(t *testing.T, r *rig.Rig, a rig.Args, _ func(time.Duration)) rig.Args {
			r.Answer(t, "delete_team", a)
			made := r.Elsewhere(t, http.MethodPost, "/teams", `{"team":{"type":"team","name":"Night Watch"}}`)
			var there struct{ Team struct{ ID string } }
			if err := json.Unmarshal(made, &there); err != nil {
				t.Fatal(err)
			}
			return rig.Args{"team_id": there.Team.ID, "confirm": a["confirm"]}
		}, 1, "stands for another call"},
		"another value": {func(_ *testing.T, _ *rig.Rig, a rig.Args, _ func(time.Duration)) rig.Args {
			return rig.Args{"team_id": "Search", "confirm": a["confirm"]}
		}, 0, "stands for another call"},
		"another way to say the same": {func(_ *testing.T, _ *rig.Rig, a rig.Args, _ func(time.Duration)) rig.Args {
			return rig.Args{"team_id": "Night Watch", "confirm": a["confirm"]}
		}, 0, "stands for another call"},
		"a letter more": {func(_ *testing.T, _ *rig.Rig, a rig.Args, _ func(time.Duration)) rig.Args {
			return rig.Args{"team_id": a["team_id"], "confirm": a["confirm"].(string) + "A"}
		}, 0, "not one that this server gave"},
		"another server": {func(t *testing.T, _ *rig.Rig, _ rig.Args, _ func(time.Duration)) rig.Args {
			other := rig.New(t, rig.WithServer(confirming))
			held := other.Answer(t, "delete_team", rig.Args{"team_id": "Search"})
			return rig.Args{"team_id": "Search", "confirm": held["confirm"]}
		}, 0, "stands for another call"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := rig.Now()
			r := rig.New(t, rig.WithServer(func(o *server.Options) {
				o.Confirm, o.Now = server.ConfirmRisky, func() time.Time { return now }
			}))
			id := emptyTeam(t, r, "Night Watch")
			held := r.Answer(t, "delete_team", rig.Args{"team_id": id})
			again := c.use(t, r, rig.Args{"team_id": id, "confirm": held["confirm"]}, func(d time.Duration) { now = now.Add(d) })
			text, _ := r.Call(t, "delete_team", again)
			deleted := 0
			for _, w := range writes(r) {
				if strings.HasPrefix(w, http.MethodDelete) {
					deleted++
				}
			}
			if deleted != c.done || !strings.Contains(text, c.why) {
				t.Errorf("%d deleted: %s", deleted, text)
			}
		})
	}
}

// TestOneTokenSideBySide uses a token in many calls at once. One of them is carried out.
func TestOneTokenSideBySide(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.WithServer(func(o *server.Options) { o.Confirm = server.ConfirmAlways }))
	arguments := rig.Args{"incident_id": 4711, "note": "x"}
	arguments["confirm"] = r.Answer(t, "add_note_to_incident", arguments)["confirm"]
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { r.Call(t, "add_note_to_incident", arguments) })
	}
	all.Wait()
	again, _ := r.Call(t, "add_note_to_incident", arguments)
	if sent := writes(r); len(sent) != 1 || !strings.Contains(again, "The confirm token was used before") {
		t.Errorf("sent %v: %s", sent, again)
	}
}

// TestConfirmedDayStays holds that a call that is confirmed after midnight means the day
// that the person was shown.
func TestConfirmedDayStays(t *testing.T) {
	t.Parallel()
	now := rig.Now().Add(11*time.Hour + 59*time.Minute) // 23:59 UTC
	r := rig.New(t, rig.WithServer(func(o *server.Options) {
		o.Confirm, o.TimeZone, o.Now = server.ConfirmAlways, time.UTC, func() time.Time { return now }
	}))
	arguments := rig.Args{"schedule_id": "Payments Primary", "overrides": []any{map[string]any{"user_id": "me", "start": "tomorrow 9:00", "end": "tomorrow 17:00"}}}
	arguments["confirm"] = r.Answer(t, "create_schedule_override", arguments)["confirm"]
	now = now.Add(2 * time.Minute)
	r.ForgetRequests()
	r.Answer(t, "create_schedule_override", arguments)
	if sent := r.LastBody(http.MethodPost); !strings.Contains(sent, "2026-03-03T09:00:00Z") {
		t.Errorf("%s", sent)
	}
}

// TestAskedDayIsDone holds that a person who is asked after midnight, because a token from
// before it does not count, means the day after that.
func TestAskedDayIsDone(t *testing.T) {
	t.Parallel()
	now := rig.Now().Add(11*time.Hour + 59*time.Minute) // 23:59 UTC
	p := newPipe(t, rig.WithServer(func(o *server.Options) {
		o.Confirm, o.TimeZone, o.Now = server.ConfirmAlways, time.UTC, func() time.Time { return now }
	}))
	token := p.rig.Answer(t, "add_note_to_incident", rig.Args{"incident_id": 4711, "note": "x"})["confirm"]
	now = now.Add(2 * time.Minute)
	p.send(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"elicitation":{}},"clientInfo":{"name":"t","version":"1"}}}`)
	p.next()
	p.send(`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"create_schedule_override","arguments":{"confirm":%q,"schedule_id":"Payments Primary","overrides":[{"user_id":"me","start":"tomorrow 9:00","end":"tomorrow 17:00"}]}}}`, token)
	data, _ := json.Marshal(p.next()["id"])
	p.send(`{"jsonrpc":"2.0","id":%s,"result":{"action":"accept","content":{}}}`, data)
	p.next()
	if sent := p.rig.LastBody(http.MethodPost); !strings.Contains(sent, "2026-03-04T09:00:00Z") {
		t.Errorf("%s", sent)
	}
}
