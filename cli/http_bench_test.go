package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// loaded are the clients of a benchmark, each with a connection of its own.
const loaded = 200

// BenchmarkHTTP has 200 callers make calls side by side, by turns of our server and of a
// bare one made with mcp-go: a ping, which asks nothing of anybody, and our server's calls
// of a tool at a simulated account. It holds that no answer is another's.
func BenchmarkHTTP(b *testing.B) {
	secrets := filepath.Join(b.TempDir(), "secrets")
	var lines strings.Builder
	for n := range loaded {
		fmt.Fprintf(&lines, "caller-%d write %s\n", n, loadSecret(n))
	}
	if err := os.WriteFile(secrets, []byte(lines.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	ours := serveHTTP(b, bare(), "--sandbox", "--auth", "secret", "--auth-token-file", secrets, "--log-level", "info")
	floor := startFloor(b)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: loaded, MaxConnsPerHost: loaded}}
	const (
		ping = `{"jsonrpc":"2.0","id":%d,"method":"ping"}`
		call = `{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"get_incident","arguments":{"incident_id":%d}}}`
	)
	// Each kind gets a slice of every round, so that what else the machine does hits all alike.
	kinds := []struct {
		name, url string
		body      func(id int) string
	}{
		{"bare", floor, func(id int) string { return fmt.Sprintf(ping, id) }},
		{"ours", ours.url, func(id int) string { return fmt.Sprintf(ping, id) }},
		{"tool", ours.url, func(id int) string { return fmt.Sprintf(call, id, 4711+id%3) }},
	}
	took := map[string]*sample{}
	spent := map[string]time.Duration{}
	for b.Loop() {
		for _, kind := range kinds {
			begun := time.Now()
			s := round(b, client, kind.url, kind.body, 10)
			spent[kind.name] += time.Since(begun)
			if took[kind.name] == nil {
				took[kind.name] = &sample{}
			}
			*took[kind.name] = append(*took[kind.name], s...)
		}
	}
	for _, kind := range kinds {
		b.ReportMetric(float64(len(*took[kind.name]))/spent[kind.name].Seconds(), kind.name+"-calls/s")
		b.ReportMetric(took[kind.name].quantile(.99), kind.name+"-p99-ms")
	}
	b.ReportMetric(spent["bare"].Seconds()/spent["ours"].Seconds()*100, "ours-%-of-bare")
	b.ReportMetric(residentMB(ours.command.Process.Pid), "rss-MB")
}

func loadSecret(n int) string { return fmt.Sprintf("secret-of-caller-%032d", n) }

var nextID atomic.Int64

// round has every caller make so many calls, one after another.
func round(b *testing.B, client *http.Client, url string, body func(id int) string, each int) sample {
	b.Helper()
	var (
		mu  sync.Mutex
		all sample
		run sync.WaitGroup
	)
	for n := range loaded {
		run.Go(func() {
			var own sample
			for range each {
				id := int(nextID.Add(1))
				timed(&own, func() {
					if err := answeredWith(client, url, loadSecret(n), body(id), id); err != nil {
						b.Error(err)
					}
				})
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, own...)
		})
	}
	run.Wait()
	return all
}

// answeredWith sends a message and compares the id of the answer, and the number of the
// incident if it is one.
func answeredWith(client *http.Client, url, secret, body string, id int) error {
	r, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json, text/event-stream"}, "Authorization": {"Bearer " + secret}}
	resp, err := client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	var answer struct {
		ID    int
		Error json.RawMessage
	}
	if err := json.Unmarshal(data, &answer); err != nil || answer.ID != id || answer.Error != nil || resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s is answered by %d %.300s", body, resp.StatusCode, data)
	}
	if strings.Contains(body, "incident_id") && !bytes.Contains(data, fmt.Appendf(nil, `\"number\":%d,`, 4711+id%3)) {
		return fmt.Errorf("%s is answered by %.300s", body, data)
	}
	return nil
}

// startFloor starts a bare server made with mcp-go, and returns where it is.
func startFloor(b *testing.B) string {
	b.Helper()
	path := filepath.Join(buildDir, "floor-http")
	if out, err := exec.Command("go", "build", "-o", path, "./testdata/floor/http").CombinedOutput(); err != nil {
		b.Fatalf("%v %s", err, out)
	}
	command := exec.Command(path)
	stdout, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	var url string
	if _, err := fmt.Fscanln(stdout, &url); err != nil {
		b.Fatal(err)
	}
	return url
}

// residentMB is the memory of a process in megabytes, 0 where the system doesn't say.
func residentMB(pid int) float64 {
	if runtime.GOOS != "linux" {
		return 0
	}
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(data), "VmRSS:")
	words := strings.Fields(after)
	if len(words) == 0 {
		return 0
	}
	kb, _ := strconv.Atoi(words[0])
	return float64(kb) / 1024
}

// BenchmarkCredentials brings 10,000 different credentials, as in an hour of a large
// company or of somebody who guesses, and looks at what is kept of them: once after half
// of them and at the end.
func BenchmarkCredentials(b *testing.B) {
	const many = 10_000
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	for b.Loop() {
		s := serveHTTP(b, bare(), "--sandbox", "--auth", "caller")
		bring := func(from, to int) {
			var run sync.WaitGroup
			for worker := range 16 {
				run.Go(func() {
					for n := from + worker; n < to; n += 16 {
						r, err := http.NewRequest(http.MethodPost, s.url, strings.NewReader(getIncident))
						if err != nil {
							b.Error(err)
							return
						}
						r.Header = http.Header{"Content-Type": {"application/json"}, "X-Pagerduty-Token": {fmt.Sprintf("credential-number-%08d", n)}}
						resp, err := client.Do(r)
						if err != nil {
							b.Error(err)
							return
						}
						_, _ = io.Copy(io.Discard, resp.Body)
						_ = resp.Body.Close()
					}
				})
			}
			run.Wait()
		}
		bring(0, many/2)
		half := residentMB(s.command.Process.Pid)
		bring(many/2, many)
		full := residentMB(s.command.Process.Pid)
		bring(many, 2*many)
		b.ReportMetric(half, "rss-MB-at-5000")
		b.ReportMetric(full, "rss-MB-at-10000")
		b.ReportMetric(residentMB(s.command.Process.Pid), "rss-MB-at-20000")
	}
}
