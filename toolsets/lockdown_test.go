package toolsets_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// byStrangers are the members of PagerDuty's answers that have texts of whoever can send an
// event.
var byStrangers = []string{"body", "details", "custom_details", "cef_details", "event_details", "links", "contexts"}

// strangersWord is in every text of unknown senders.
const strangersWord = " strangerzq"

// withStrangers is an account where every free text of unknown senders has a word, and
// every note is by one: it came in by e-mail.
func withStrangers() rig.Option {
	var mark func(value any, theirs bool) any
	mark = func(value any, theirs bool) any {
		switch value := value.(type) {
		case string:
			if theirs {
				return value + strangersWord
			}
		case []any:
			for i := range value {
				value[i] = mark(value[i], theirs)
			}
		case map[string]any:
			note := value["content"] != nil && value["channel"] != nil || value["type"] == "annotate_log_entry"
			if note {
				value["channel"] = map[string]any{"type": "email", "summary": "Email from somebody"}
			}
			for name := range value {
				value[name] = mark(value[name], theirs || slices.Contains(byStrangers, name) || note && slices.Contains([]string{"content", "note", "channel"}, name))
			}
		}
		return value
	}
	return changed(func(value any) any { return mark(value, false) })
}

func lockedDown(o *server.Options) { o.Lockdown = true }

// TestLockdown holds that no answer of a server with --lockdown has a word of unknown
// senders, and that those say so that had one.
func TestLockdown(t *testing.T) {
	t.Parallel()
	rig.EachTool(t, func(t *testing.T, made tool.Tool, examples []json.RawMessage) {
		open, locked := rig.New(t, withStrangers()), rig.New(t, withStrangers(), rig.WithServer(lockedDown))
		for _, arguments := range rig.Some(examples) {
			had, _ := open.Call(t, made.Name(), open.Fill(t, slices.Clone(arguments)))
			text, _ := locked.Call(t, made.Name(), locked.Fill(t, slices.Clone(arguments)))
			if strings.Contains(text, "strangerzq") {
				t.Errorf("%s: %s", arguments, text)
			}
			if strings.Contains(had, "strangerzq") && !strings.Contains(text, "--lockdown") {
				t.Errorf("%s: does not say that anything is left out: %s", arguments, text)
			}
		}
	})
}

// TestLockdownOfARequest holds that a request can ask for a lockdown, which ends with it, and
// that there is no argument by which one could be lifted.
func TestLockdownOfARequest(t *testing.T) {
	t.Parallel()
	open, locked := rig.New(t, withStrangers()), rig.New(t, withStrangers(), rig.WithServer(lockedDown))
	arguments := json.RawMessage(`{"incident_id":4711,"include":["body","notes"]}`)
	text, err := open.Server.Call(tool.WithLockdown(t.Context()), "get_incident", arguments)
	if err != nil || strings.Contains(string(text), "strangerzq") || !strings.Contains(string(text), "--lockdown") {
		t.Errorf("%v: %s", err, text)
	}
	if text, err = open.Server.Call(t.Context(), "get_incident", arguments); err != nil || !strings.Contains(string(text), "strangerzq") {
		t.Errorf("%v: %s", err, text)
	}
	for _, lift := range []string{`"lockdown":false,`, `"_meta":{"lockdown":false},`, `"no_lockdown":true,`} {
		asked := json.RawMessage(strings.Replace(string(arguments), "{", "{"+lift, 1))
		if text, _ := locked.Call(t, "get_incident", asked); strings.Contains(text, "strangerzq") {
			t.Errorf("%s: %s", asked, text)
		}
	}
}

// TestLockdownInMeta holds that a client asks for a lockdown in a request's _meta, of a tool
// and of a resource, and that none lifts the server's.
func TestLockdownInMeta(t *testing.T) {
	t.Parallel()
	open, locked := rig.New(t, withStrangers()), rig.New(t, withStrangers(), rig.WithServer(lockedDown))
	for _, request := range []string{
		`"method":"tools/call","params":{"name":"get_incident","arguments":{"incident_id":4711,"include":["body","notes"]},"_meta":{"pagerduty-mcp/lockdown":%s}}`,
		`"method":"resources/read","params":{"uri":"pagerduty://incidents/4711","_meta":{"pagerduty-mcp/lockdown":%s}}`,
	} {
		for asked, left := range map[string]bool{"true": false, `"yes"`: false, "false": true, "null": true} {
			message := json.RawMessage(`{"jsonrpc":"2.0","id":1,` + strings.Replace(request, "%s", asked, 1) + `}`)
			answer := func(r *rig.Rig) string {
				text, err := json.Marshal(r.Server.MCP().HandleMessage(t.Context(), message))
				if err != nil {
					t.Fatal(err)
				}
				return string(text)
			}
			if text := answer(open); strings.Contains(text, "strangerzq") != left || strings.Contains(text, "--lockdown") == left || !strings.Contains(text, "4711") {
				t.Errorf("%s: %s", message, text)
			}
			if text := answer(locked); strings.Contains(text, "strangerzq") {
				t.Errorf("%s lifts it: %s", message, text)
			}
		}
	}
}

// TestLockdownLeavesUsersNotes holds that what users wrote themselves stays.
func TestLockdownLeavesUsersNotes(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.WithServer(lockedDown))
	r.Elsewhere(t, http.MethodPost, "/incidents/"+r.ID("incident", "4711")+"/notes", `{"note":{"content":"Rolled back, by hand."}}`)
	if text, _ := r.Call(t, "list_incident_notes", rig.Args{"incident_id": 4711}); !strings.Contains(text, "Rolled back") || strings.Contains(text, "--lockdown") {
		t.Errorf("%s", text)
	}
}
