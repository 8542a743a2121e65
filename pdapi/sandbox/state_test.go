package sandbox_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// resume opens an account that is kept in a file.
func resume(t *testing.T, path string, o sandbox.Options) *account {
	t.Helper()
	s, err := sandbox.Resume(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return &account{s, sandbox.UserKey}
}

// TestStateIsKept changes an account through two processes in turn, as time goes on. A
// third that comes later finds the same account.
func TestStateIsKept(t *testing.T) {
	t.Parallel()
	for _, scenario := range sandbox.Scenarios {
		path, now := filepath.Join(t.TempDir(), "demo.json"), noon
		o := sandbox.Options{Scenario: scenario, Now: func() time.Time { return now }}
		a, b := resume(t, path, o), resume(t, path, o)
		turn := func(minutes int) { now = now.Add(time.Duration(minutes) * time.Minute) }
		service := object{"id": a.ID("service", "Search API"), "type": "service_reference"}
		made := a.sent(t, "POST", "/incidents", encode(object{"incident": object{"type": "incident", "title": "Search is slow", "service": service}}))
		id := words(made, "incident", "id")
		turn(3)
		b.sent(t, "POST", "/incidents/"+id+"/notes", encode(object{"note": object{"content": "Looking at it"}}))
		turn(4)
		b.key = sandbox.KeyOf("ben.carter@northwind.example")
		if status, _ := b.ask(t, "GET", "/users/me", ""); status != 200 {
			b.key = sandbox.UserKey
		}
		b.sent(t, "PUT", "/incidents", encode(object{"incidents": []object{{"id": id, "type": "incident_reference", "status": "acknowledged"}}}))
		turn(9)
		a.sent(t, "POST", "/incidents/"+id+"/snooze", `{"duration":3600}`)
		a.ask(t, "PUT", "/incidents", `{"incidents":[{"id":"QNONE","type":"incident_reference","status":"resolved"}]}`) // refused: changes nothing
		turn(90)
		made = b.sent(t, "POST", "/teams", encode(object{"team": object{"type": "team", "name": "Night Shift"}}))
		a.sent(t, "PUT", "/teams/"+words(made, "team", "id"), encode(object{"team": object{"type": "team", "name": "Day Shift"}}))
		b.sent(t, "POST", "/incidents", encode(object{"incident": object{"type": "incident", "title": "Search is slow again", "service": service}}))
		turn(5)
		want := everything(t, a)
		for _, text := range []string{"Search is slow again", "Day Shift", "Looking at it"} {
			if !strings.Contains(want, text) {
				t.Errorf("%s: %q is not in the account", scenario, text)
			}
		}
		if got := everything(t, b); got != want {
			t.Errorf("%s: two processes see two accounts", scenario)
		}
		if got := everything(t, resume(t, path, sandbox.Options{Now: o.Now})); got != want {
			t.Errorf("%s: who comes later sees another account", scenario)
		}
	}
}

// TestStateAtOnce has two processes write at the same time: nothing is lost.
func TestStateAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "demo.json")
	a, b := resume(t, path, sandbox.Options{}), resume(t, path, sandbox.Options{})
	id := a.ID("incident", "4711")
	var wait sync.WaitGroup
	for n := range 20 {
		for _, process := range []*account{a, b} {
			wait.Go(func() {
				process.sent(t, "POST", "/incidents/"+id+"/notes", encode(object{"note": object{"content": fmt.Sprint("note ", n)}}))
			})
		}
	}
	wait.Wait()
	a.get(t, "/users/me")
	for n := range 20 {
		if got := a.Notes(fmt.Sprint("note ", n)); got != 2 {
			t.Errorf("note %d is there %d times", n, got)
		}
	}
}

// TestStateOfAnotherAccount opens a file with options that are not those of its account.
func TestStateOfAnotherAccount(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "demo.json")
	resume(t, path, sandbox.Options{Seed: 3, Scenario: sandbox.Storm, Speed: 2, AccountZone: "Europe/Berlin"})
	resume(t, path, sandbox.Options{Seed: 3, Scenario: sandbox.Storm})
	for want, o := range map[string]sandbox.Options{
		"the seed 3, not 4": {Seed: 4}, "the scenario storm, not quiet": {Scenario: sandbox.Quiet},
		"the speed 2, not 5": {Speed: 5}, "the time zone Europe/Berlin, not Asia/Tokyo": {AccountZone: "Asia/Tokyo"},
	} {
		_, err := sandbox.Resume(path, o)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// TestBrokenState opens files that are no state files, or were cut.
func TestBrokenState(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"prose": "Dear diary,\ntoday", "other JSON": "{\"mcpServers\":{}}\n", "another version": `{"pagerduty_sandbox":99,"seed":1,"speed":1}` + "\n",
		"no speed": `{"pagerduty_sandbox":1,"seed":1}` + "\n", "zeros": "\x00\x00\x00\x00",
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := sandbox.Resume(path, sandbox.Options{})
		if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "delete it to start over") {
			t.Errorf("%s: %v", name, err)
		}
		if kept, _ := os.ReadFile(path); string(kept) != text {
			t.Errorf("%s: the file was changed to %q", name, kept)
		}
	}
	if _, err := sandbox.Resume(dir, sandbox.Options{}); err == nil {
		t.Error("a folder was opened")
	}
}

// TestCutState has a process end while it writes: what it had not written whole didn't
// happen, and others go on.
func TestCutState(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "demo.json")
	a := resume(t, path, sandbox.Options{})
	note := func(a *account, text string) {
		a.sent(t, "POST", "/incidents/"+a.ID("incident", "4711")+"/notes", encode(object{"note": object{"content": text}}))
	}
	note(a, "first")
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString(`{"at":"2026-03-02T12:00:00Z","method":"PO`); err != nil {
		t.Fatal(err)
	}
	_ = file.Close()
	b := resume(t, path, sandbox.Options{})
	note(b, "second")
	note(a, "third")
	c := resume(t, path, sandbox.Options{})
	c.get(t, "/users/me")
	for _, text := range []string{"first", "second", "third"} {
		if c.Notes(text) != 1 {
			t.Errorf("the note %q is there %d times", text, c.Notes(text))
		}
	}
}

// TestForeignLine has lines in a state file that are no requests, or not answered as
// they were: the account is not guessed.
func TestForeignLine(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"no request":      "42\n{}\n",
		"prose":           "hello\n",
		"another answer":  `{"at":"2026-03-02T12:00:00Z","method":"DELETE","path":"/teams/PNONE","key":"Token token=sandbox-user-key","status":204}` + "\n",
		"no such request": `{"at":"2026-03-02T12:00:00Z","method":"PATCH","path":"/nowhere","key":"Token token=sandbox-user-key","status":200}` + "\n",
	} {
		path := filepath.Join(t.TempDir(), "demo.json")
		a := resume(t, path, sandbox.Options{})
		file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.WriteString(line); err != nil {
			t.Fatal(err)
		}
		_ = file.Close()
		status, got := a.ask(t, "GET", "/users/me", "")
		if text := encode(got); status != 500 || !strings.Contains(text, "delete the file to start over") || !strings.Contains(text, "demo.json") {
			t.Errorf("%s: %d %s", name, status, text)
		}
	}
}
