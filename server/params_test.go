package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// TestStdioWithRecordedFrames sends what real clients wrote, byte by byte: every
// request has one answer, a result, with the id as the client wrote it.
//
//   - gemini-cli.jsonl is from Gemini CLI 0.61, which adds wait_for_previous to the
//     arguments of every call.
//   - php-client.jsonl is written by PHP's json_encode, which makes an empty list of
//     every empty object and escapes slashes.
func TestStdioWithRecordedFrames(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "frames", "*.jsonl"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".jsonl"), func(t *testing.T) {
			t.Parallel()
			frames, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			p := newPipe(t)
			if _, err := p.in.Write(frames); err != nil {
				t.Fatal(err)
			}
			_ = p.in.Close()
			answers := map[string]string{}
			for _, line := range p.rest() {
				var answer struct{ ID, Result json.RawMessage }
				if err := json.Unmarshal([]byte(line), &answer); err != nil || answer.Result == nil || answers[string(answer.ID)] != "" {
					t.Errorf("%v: %s", err, line)
				}
				answers[string(answer.ID)] = line
			}
			for line := range bytes.Lines(frames) {
				var request struct{ ID json.RawMessage }
				if err := json.Unmarshal(line, &request); err != nil {
					t.Fatal(err)
				}
				if request.ID != nil && answers[string(request.ID)] == "" {
					t.Errorf("no answer to %s", line)
				}
				delete(answers, string(request.ID))
			}
			if len(answers) > 0 {
				t.Errorf("answers to nothing: %v", answers)
			}
		})
	}
}

const modern = `"io.modelcontextprotocol/protocolVersion":"2026-07-28"`

// TestStdioTakesOddDescriptionsOfClients has clients describe themselves in forms
// that MCP doesn't know, and leave out or empty what it wants. None is refused.
func TestStdioTakesOddDescriptionsOfClients(t *testing.T) {
	t.Parallel()
	described := map[string]struct{ info, capabilities string }{
		"as it should be":      {`{"name":"t","version":"1","title":"T"}`, `{"roots":{"listChanged":true},"elicitation":{}}`},
		"null":                 {`null`, `null`},
		"empty lists":          {`[]`, `[]`},
		"lists":                {`["t","1"]`, `["roots"]`},
		"texts":                {`"t/1"`, `"roots"`},
		"numbers":              {`1`, `2`},
		"booleans":             {`true`, `false`},
		"a number as version":  {`{"name":"t","version":1}`, `{}`},
		"a number as name":     {`{"name":42,"version":null}`, `{}`},
		"an object as name":    {`{"name":{"en":"t"},"version":["1"]}`, `{}`},
		"no name":              {`{}`, `{}`},
		"more than MCP knows":  {`{"name":"t","version":"1","vendor":{"a":[1,{}]},"pid":7}`, `{"ui":{"a":[]},"x":7}`},
		"odd icons":            {`{"name":"t","version":"1","icons":"icon.png","websiteUrl":7}`, `{}`},
		"icons of odd forms":   {`{"name":"t","version":"1","icons":[7,{"src":1,"sizes":"48x48"}]}`, `{}`},
		"a huge number":        {`{"name":"t","version":"1","build":1e999}`, `{"experimental":{"a":1e999}}`},
		"empty lists inside":   {`{"name":"t","version":"1","icons":[]}`, `{"roots":[],"sampling":[],"elicitation":{"form":[]},"experimental":{"a":[]},"tasks":{"requests":[]}}`},
		"booleans for objects": {`{"name":"t","version":"1"}`, `{"roots":true,"sampling":false,"elicitation":"form","experimental":1}`},
		"null inside":          {`{"name":null,"version":null}`, `{"roots":null,"sampling":null}`},
	}
	p := newPipe(t)
	for name, c := range described {
		for _, params := range []string{
			`{"protocolVersion":"2025-11-25","capabilities":` + c.capabilities + `,"clientInfo":` + c.info + `}`,
			`{"protocolVersion":"2025-11-25","capabilities":` + c.capabilities + `}`,
			`{"protocolVersion":"2025-11-25","clientInfo":` + c.info + `}`,
			`{"protocolVersion":20251125,"capabilities":` + c.capabilities + `,"clientInfo":` + c.info + `,"_meta":[]}`,
		} {
			p.send(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":%s}`, params)
			if got := p.nextLine(); !strings.Contains(got, `"result":{"protocolVersion":"2025-`) {
				t.Errorf("%s: initialize with %s: %s", name, params, got)
			}
		}
		meta := `"_meta":{` + modern + `,"io.modelcontextprotocol/clientInfo":` + c.info + `,"io.modelcontextprotocol/clientCapabilities":` + c.capabilities + `}`
		for method, want := range map[string]string{
			`"server/discover","params":{` + meta + `}`:                                                     "supportedVersions",
			`"tools/list","params":{` + meta + `}`:                                                          "get_incident",
			`"tools/call","params":{"name":"get_incident","arguments":{"incident_id":"4711"},` + meta + `}`: "card authorizations",
		} {
			p.send(`{"jsonrpc":"2.0","id":1,"method":%s}`, method)
			if got := p.nextLine(); !strings.Contains(got, `"result"`) || !strings.Contains(got, want) {
				t.Errorf("%s: %s: %s", name, method, got)
			}
		}
	}
	for _, params := range []string{``, `,"params":{}`, `,"params":[]`, `,"params":[ ]`, `,"params":null`} {
		p.send(`{"jsonrpc":"2.0","id":1,"method":"initialize"%s}`, params)
		if got := p.nextLine(); !strings.Contains(got, `"result"`) {
			t.Errorf("initialize with %s: %s", params, got)
		}
	}
}

// TestStdioTakesEmptyListsForObjects has an empty list wherever MCP wants an object.
func TestStdioTakesEmptyListsForObjects(t *testing.T) {
	t.Parallel()
	p := newPipe(t)
	for _, request := range []string{
		`"ping","params":[]`,
		`"ping","params":{"_meta":[]}`,
		`"tools/list","params":[]`,
		`"tools/list","params":{"_meta":[ ]}`,
		`"tools/call","params":{"name":"list_incidents","arguments":[]}`,
		`"tools/call","params":{"name":"list_incidents","arguments":[ ],"_meta":[],"task":null}`,
		`"tools/call","params":{"name":"list_incidents","arguments":{},"_meta":[]}`,
		`"tools/call","params":{"name":"list_incidents","arguments":[],"inputResponses":[],"_meta":{` + modern + `,"io.modelcontextprotocol/clientCapabilities":[]}}`,
	} {
		p.send(`{"jsonrpc":"2.0","id":1,"method":%s}`, request)
		got := p.nextLine()
		if !strings.Contains(got, `"result"`) || strings.Contains(got, "isError") {
			t.Errorf("%s: %s", request, got)
		}
	}
	// What holds something is no empty object, and the arguments are the tool's.
	for request, want := range map[string]string{
		`"tools/list","params":[1]`:                                                             `"code":-32602`,
		`"tools/list","params":"odd"`:                                                           `"code":-32602`,
		`"tools/call","params":{"name":"list_incidents","arguments":[1]}`:                       `"isError":true`,
		`"tools/call","params":{"name":"get_incident","arguments":{"incident_id":[],"x":"[]"}}`: `"isError":true`,
		`"tools/call","params":{"name":"get_incident","_meta":"odd"}`:                           "are not of the form that MCP gives them",
	} {
		p.send(`{"jsonrpc":"2.0","id":1,"method":%s}`, request)
		if got := p.nextLine(); !strings.Contains(got, want) || strings.Contains(got, "Go struct") || strings.Contains(got, "json:") {
			t.Errorf("%s: %s", request, got)
		}
	}
}

// TestStdioHandsArgumentsOverUnchanged has a mend around them leave arguments as
// they were written.
func TestStdioHandsArgumentsOverUnchanged(t *testing.T) {
	t.Parallel()
	var seen []string
	type in struct {
		Text string `json:"text"`
	}
	echo := tool.Read("get_echo", "", "", func(_ context.Context, _ tool.Reading, i in) (string, error) {
		seen = append(seen, i.Text)
		return i.Text, nil
	})
	p := newPipe(t, rig.WithSets(tool.Set{Name: "echo", Tools: []tool.Tool{echo}}))
	const text = `a <b> & "c" \u00e9 \ud83d\udd25 []`
	for _, around := range []string{`{}`, `[]`} {
		p.send(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_echo","arguments":{"text":"%s"},"_meta":%s}}`, strings.ReplaceAll(text, `"`, `\"`), around)
		p.next()
	}
	if want := "a <b> & \"c\" é 🔥 []"; len(seen) != 2 || seen[0] != want || seen[1] != want {
		t.Errorf("the tool got %q", seen)
	}
}
