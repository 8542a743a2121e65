package server_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/server"
)

// audited is an audit log in a file.
func audited(t *testing.T) (log *server.Audit, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "audit.jsonl")
	log, err := server.OpenAudit(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return log, path
}

// linesOf are the lines of an audit log, each of which has to be JSON.
func linesOf(t *testing.T, path string) []map[string]any {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var lines []map[string]any
	for line := range strings.Lines(string(data)) {
		var one map[string]any
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		lines = append(lines, one)
	}
	return lines
}

// TestAudit holds what the log says of calls: two lines for each that may change
// something, none for others, and never a key.
func TestAudit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tool      string
		arguments rig.Args
		mode      server.Confirm
		fault     *sandbox.Fault
		begin     []string // parts of the first line, as fmt prints it; nil if there is to be none
		end       []string
	}{
		"a read":      {tool: "get_incident", arguments: rig.Args{"incident_id": 4711}},
		"a rehearsal": {tool: "add_note_to_incident", arguments: rig.Args{"incident_id": 4711, "note": "x", "dry_run": true}},
		"held":        {tool: "delete_team", arguments: rig.Args{"team_id": "Search"}, mode: server.ConfirmRisky},
		"wrong":       {tool: "add_note_to_incident", arguments: rig.Args{"incident_id": "Q0", "note": ""}},
		"done": {
			tool: "add_note_to_incident", arguments: rig.Args{"incident_id": 4711, "note": "looking"}, mode: server.ConfirmRisky,
			begin: []string{"event:begin", "tool:add_note_to_incident", `note "looking"`, "kind:incident", "confirmed:not needed", "time:"},
			end:   []string{"event:end", "outcome:done", "method:POST", "/notes", "content:looking", "status:200", "request_id:"},
		},
		"without asking": {
			tool: "add_team_member", arguments: rig.Args{"team_id": "Search", "user_id": "Ben Carter"},
			begin: []string{"confirmed:not asked for", "name:Search", "name:Ben Carter"},
			end:   []string{"outcome:done", "method:PUT", "status:204"},
		},
		"refused": {
			tool: "delete_team", arguments: rig.Args{"team_id": "Payments"},
			begin: []string{"event:begin"}, end: []string{"outcome:failed", "status:4", "error:"},
		},
		"unknown": {
			tool: "add_note_to_incident", arguments: rig.Args{"incident_id": 4711, "note": "x"}, fault: &sandbox.Fault{Method: http.MethodPost, Status: 502, Times: 9},
			begin: []string{"event:begin"}, end: []string{"outcome:unknown", "status:502"},
		},
		"a key in it": {
			tool: "add_note_to_incident", arguments: rig.Args{"incident_id": 4711, "note": "our key is " + sandbox.UserKey + ", don't tell"},
			begin: []string{"our key is [redacted]"}, end: []string{"our key is [redacted]"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log, path := audited(t)
			r := rig.New(t, rig.WithServer(func(o *server.Options) {
				o.Audit = log
				if c.mode != "" {
					o.Confirm = c.mode
				}
			}))
			if c.fault != nil {
				r.Inject(*c.fault)
			}
			text, _ := r.Call(t, c.tool, c.arguments)
			lines := linesOf(t, path)
			if c.begin == nil {
				if len(lines) > 0 {
					t.Errorf("%v", lines)
				}
				return
			}
			if len(lines) != 2 || lines[0]["call"] == "" || lines[0]["call"] != lines[1]["call"] {
				t.Fatalf("%v; the answer is %s", lines, text)
			}
			for i, wanted := range [][]string{c.begin, c.end} {
				for _, want := range wanted {
					if got := fmt.Sprint(lines[i]); !strings.Contains(got, want) {
						t.Errorf("no %s in %s", want, got)
					}
				}
			}
			if data, _ := os.ReadFile(path); bytes.Contains(data, []byte(sandbox.UserKey)) {
				t.Errorf("the key: %s", data)
			}
		})
	}
}

// TestAuditComesFirst holds that the first line is in the file when PagerDuty gets the
// change, and that the file is its owner's alone.
func TestAuditComesFirst(t *testing.T) {
	t.Parallel()
	log, path := audited(t)
	seen := -1
	r := rig.New(t, rig.WithServer(func(o *server.Options) { o.Audit = log }), rig.WithAPI(func(account http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			if q.Method == http.MethodPost {
				data, _ := os.ReadFile(path)
				seen = bytes.Count(data, []byte("\n"))
			}
			account.ServeHTTP(w, q)
		})
	}))
	r.Answer(t, "add_note_to_incident", rig.Args{"incident_id": 4711, "note": "x"})
	if seen != 1 {
		t.Errorf("%d lines when PagerDuty got the change", seen)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// failing is a writer that takes so many writes and fails from then on.
type failing struct {
	mu    sync.Mutex
	takes int
}

func (f *failing) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.takes--; f.takes < 0 {
		return len(p) / 2, errors.New("no space left on device")
	}
	return len(p), nil
}

// TestAuditCantBeWritten holds that a server that can't write its log changes nothing, and
// that a change whose end can't be written is not told as one that failed.
func TestAuditCantBeWritten(t *testing.T) {
	t.Parallel()
	for takes, c := range []struct {
		want  string
		sends int
	}{{"othing was done: the audit log can't be written", 0}, {"The change was made, don't repeat it", 1}} {
		log, err := server.OpenAudit("-", &failing{takes: takes})
		if err != nil {
			t.Fatal(err)
		}
		r := rig.New(t, rig.WithServer(func(o *server.Options) { o.Audit = log }))
		if said := r.Refusal(t, "add_note_to_incident", rig.Args{"incident_id": 4711, "note": "x"}); !strings.Contains(said, c.want) || !strings.Contains(said, "no space left") || len(writes(r)) != c.sends {
			t.Errorf("sent %v: %s", writes(r), said)
		}
		if said := r.Refusal(t, "create_team", rig.Args{"name": "x"}); !strings.Contains(said, "othing was done") || len(writes(r)) != c.sends {
			t.Errorf("the next: sent %v: %s", writes(r), said)
		}
		r.Answer(t, "get_incident", rig.Args{"incident_id": 4711}) // reads go on
	}
}

// TestAuditIsReopened has the file moved away, as programs that rotate logs do it.
func TestAuditIsReopened(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("an open file can't be moved on Windows")
	}
	log, path := audited(t)
	r := rig.New(t, rig.WithServer(func(o *server.Options) { o.Audit = log }))
	note := func(text string) { r.Answer(t, "add_note_to_incident", rig.Args{"incident_id": 4711, "note": text}) }
	note("first")
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	note("second")
	if err := log.Reopen(); err != nil {
		t.Fatal(err)
	}
	note("third")
	if was, is := len(linesOf(t, path+".1")), len(linesOf(t, path)); was != 4 || is != 2 {
		t.Errorf("%d lines in the old file, %d in the new", was, is)
	}
}

// TestAuditSideBySide has many changes at once: each line is whole.
func TestAuditSideBySide(t *testing.T) {
	t.Parallel()
	log, path := audited(t)
	r := rig.New(t, rig.WithServer(func(o *server.Options) { o.Audit = log }))
	var all sync.WaitGroup
	const calls = 20
	for n := range calls {
		all.Go(func() {
			r.Call(t, "add_note_to_incident", rig.Args{"incident_id": 4711, "note": fmt.Sprint("note ", n)})
		})
	}
	all.Wait()
	if lines := linesOf(t, path); len(lines) != 2*calls {
		t.Errorf("%d lines", len(lines))
	}
}
