package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// asker is a client's user: what they answer to a question.
type asker func(ctx context.Context, session *mcp.ClientSession, question string) (*mcp.ElicitResult, error)

// connect starts the built program for a client of the official Go SDK, whose user is
// asked by ask, if there is one.
func connect(t *testing.T, version string, ask asker) (session *mcp.ClientSession, questions func() int32) {
	t.Helper()
	var asked atomic.Int32
	options := &mcp.ClientOptions{}
	if ask != nil {
		options.ElicitationHandler = func(ctx context.Context, r *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
			asked.Add(1)
			return ask(ctx, session, r.Params.Message)
		}
	}
	command := exec.Command(builtBinary(t), "people", "--sandbox", "--enable-write-tools")
	session, err := mcp.NewClient(&mcp.Implementation{Name: "e2e", Version: "1"}, options).
		Connect(t.Context(), &mcp.CommandTransport{Command: command}, &mcp.ClientSessionOptions{ProtocolVersion: version})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	if got := session.InitializeResult().ProtocolVersion; got != version {
		t.Fatalf("protocol version %s, want %s", got, version)
	}
	return session, asked.Load
}

// call calls a tool and returns its answer, as text.
func call(ctx context.Context, t *testing.T, session *mcp.ClientSession, name string, arguments map[string]any) string {
	t.Helper()
	result, err := session.CallTool(ctx, &mcp.CallToolParams{Name: name, Arguments: arguments})
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return "{}"
	}
	return result.Content[0].(*mcp.TextContent).Text
}

// TestConfirmWithTheOfficialGoSDK has the user of a client that others wrote asked before a
// team is deleted, in both eras of the protocol: with each answer that there is, with none,
// and without a way to ask.
func TestConfirmWithTheOfficialGoSDK(t *testing.T) {
	t.Parallel()
	answering := func(action string) asker {
		return func(_ context.Context, _ *mcp.ClientSession, question string) (*mcp.ElicitResult, error) {
			if !strings.Contains(question, `"Night Watch"`) || !strings.Contains(question, "can't be undone") {
				return nil, fmt.Errorf("asked %s", question)
			}
			return &mcp.ElicitResult{Action: action}, nil
		}
	}
	for _, version := range []string{"2025-06-18", "2025-11-25", "2026-07-28"} {
		for name, c := range map[string]struct {
			ask   asker
			wants []string // parts of the answers to the call, and to its repetitions with the token that is in them
			gone  bool
		}{
			"yes":           {answering("accept"), []string{`"id"`}, true},
			"no":            {answering("decline"), []string{"said no"}, false},
			"closed":        {answering("cancel"), []string{"said no"}, false},
			"no way to ask": {nil, []string{`"confirmation_needed":true`, `"id"`}, true},
			"changed meanwhile": {func(ctx context.Context, session *mcp.ClientSession, question string) (*mcp.ElicitResult, error) {
				if !strings.Contains(question, "Owls") {
					call(ctx, t, session, "update_team", map[string]any{"team_id": "Night Watch", "name": "Owls"})
				}
				return &mcp.ElicitResult{Action: "accept"}, nil
			}, map[bool][]string{false: {"Owls", `"id"`}, true: {`"id"`}}[version == "2026-07-28"], true},
			"silence": {func(ctx context.Context, _ *mcp.ClientSession, _ string) (*mcp.ElicitResult, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			}, []string{"Nobody answered the question within 45 seconds", `"id"`}, true},
		} {
			if name == "silence" && version == "2026-07-28" {
				continue // the client asks before it calls again, so that the server waits for nothing
			}
			t.Run(version+" "+name, func(t *testing.T) {
				t.Parallel()
				session, questions := connect(t, version, c.ask)
				var team struct{ ID string }
				if err := json.Unmarshal([]byte(call(t.Context(), t, session, "create_team", map[string]any{"name": "Night Watch"})), &team); err != nil {
					t.Fatal(err)
				}
				arguments := map[string]any{"team_id": team.ID}
				for _, want := range c.wants {
					text := call(t.Context(), t, session, "delete_team", arguments)
					if !strings.Contains(text, want) {
						t.Errorf("no %s in %s", want, text)
					}
					var held struct{ Confirm string }
					if json.Unmarshal([]byte(text), &held) == nil && held.Confirm != "" {
						arguments["confirm"] = held.Confirm
					}
				}
				left := call(t.Context(), t, session, "list_teams", map[string]any{"limit": 100})
				if strings.Contains(left, team.ID) == c.gone || (c.ask == nil) != (questions() == 0) {
					t.Errorf("asked %d times, left: %s", questions(), left)
				}
			})
		}
	}
}
