//go:build unix

package cli_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// onAccount starts the program with an audit log, on a simulated account behind a handler
// that is asked about each write before the account is.
func onAccount(t *testing.T, log string, beforeWrite func(*http.Request)) (ask func(id int, tool, arguments string) string, send func(string), kill func(os.Signal)) {
	t.Helper()
	account, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			beforeWrite(r)
		}
		account.ServeHTTP(w, r)
	}))
	t.Cleanup(api.Close)
	t.Cleanup(account.Close)
	command, in, stdout, _ := onPipes(t, bare("PAGERDUTY_USER_API_KEY="+sandbox.UserKey, "PAGERDUTY_API_HOST="+api.URL),
		"incidents", "--enable-write-tools", "--audit-log", log)
	out := bufio.NewReader(stdout)
	write := func(message string) {
		if _, err := in.Write([]byte(message)); err != nil {
			t.Error(err)
		}
	}
	read := func() string {
		line, err := out.ReadString('\n')
		if err != nil {
			t.Errorf("reading an answer: %v", err)
		}
		return line
	}
	write(hello)
	read()
	ask = func(id int, tool, arguments string) string {
		write(toolCall(id, tool, arguments))
		return read()
	}
	kill = func(signal os.Signal) {
		if err := command.Process.Signal(signal); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	return ask, write, kill
}

// TestKilledInTheMiddleOfAWrite kills the program while PagerDuty has a change. The audit
// log has its beginning and no end, and its key nowhere.
func TestKilledInTheMiddleOfAWrite(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "audit.jsonl")
	arrived, release := make(chan struct{}), make(chan struct{})
	ask, send, kill := onAccount(t, log, func(r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/notes") {
			arrived <- struct{}{}
			<-release
		}
	})
	t.Cleanup(func() { close(release) }) // before the API's end, which waits for its handlers
	if got := ask(10, "manage_incidents", `{"incident_ids":[4713],"status":"acknowledged"}`); !strings.Contains(got, "acknowledged") {
		t.Fatal(got)
	}
	send(toolCall(11, "add_note_to_incident", `{"incident_id":4711,"note":"about to be killed"}`))
	select {
	case <-arrived:
	case <-time.After(20 * time.Second):
		t.Fatal("no change arrived")
	}
	kill(syscall.SIGKILL)
	data, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	if len(lines) != 3 || !strings.Contains(lines[1], `"event":"end"`) || !strings.Contains(lines[2], `"event":"begin"`) || !strings.Contains(lines[2], "about to be killed") {
		t.Errorf("%s", data)
	}
	if strings.Contains(string(data), sandbox.UserKey) {
		t.Error("the key is in the log")
	}
}

// TestHangupReopensTheAuditLog moves the log away and sends the signal for it.
func TestHangupReopensTheAuditLog(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "audit.jsonl")
	ask, _, kill := onAccount(t, log, func(*http.Request) {})
	if got := ask(10, "add_note_to_incident", `{"incident_id":4711,"note":"first"}`); !strings.Contains(got, "first") {
		t.Fatal(got)
	}
	if err := os.Rename(log, log+".1"); err != nil {
		t.Fatal(err)
	}
	kill(syscall.SIGHUP)
	deadline := time.Now().Add(20 * time.Second)
	for id := 11; ; id++ {
		ask(id, "add_note_to_incident", fmt.Sprintf(`{"incident_id":4711,"note":"note %d"}`, id))
		if data, err := os.ReadFile(log); err == nil && strings.Contains(string(data), fmt.Sprintf("note %d", id)) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the log was not opened anew")
		}
	}
}

// TestAuditLogThatCantBe holds that the program does not start without the log that it is
// to write.
func TestAuditLogThatCantBe(t *testing.T) {
	t.Parallel()
	c, _, _, stderr := onPipes(t, bare(), "incidents", "--sandbox", "--audit-log", filepath.Join(t.TempDir(), "no", "such", "directory"))
	said, _ := bufio.NewReader(stderr).ReadString('\n')
	if code := within(t, c, 20*time.Second); code != 2 || !strings.Contains(said, "--audit-log") || !strings.Contains(said, "no such file") {
		t.Errorf("exit code %d: %s", code, said)
	}
}
