package cli_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestRollingRestart replaces two replicas behind a load balancer, one after another,
// while clients make calls without a pause. Each replica is taken out of the balancer when
// it says that it is not ready, as Kubernetes does it. No call is lost.
func TestRollingRestart(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no SIGTERM")
	}
	account, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(account.Close)
	env := bare("PAGERDUTY_API_HOST="+account.URL(), "PAGERDUTY_USER_API_KEY="+sandbox.UserKey)
	replica := func() *overHTTP { return serveHTTP(t, env, "--drain-wait", "1s", "--log-level", "info") }
	old := []*overHTTP{replica(), replica()}
	balance := &roundRobin{}
	balance.set(old...)
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		to, err := url.Parse(strings.TrimSuffix(balance.ready().url, "/mcp"))
		if err != nil {
			t.Error(err)
			return
		}
		r.SetURL(to)
	}, ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
		t.Errorf("the balancer lost a request: %v", err)
		w.WriteHeader(http.StatusBadGateway)
	}})
	t.Cleanup(proxy.Close)
	var made atomic.Int64
	stop := make(chan struct{})
	var clients sync.WaitGroup
	for n := range 4 {
		clients.Go(func() {
			for id := 0; ; id++ {
				select {
				case <-stop:
					return
				default:
				}
				status, answer := post(t, proxy.URL+"/mcp", "", strings.Replace(getIncident, `"id":1`, fmt.Sprintf(`"id":"%d/%d"`, n, id), 1))
				if status != http.StatusOK || !strings.Contains(answer, fmt.Sprintf(`"id":"%d/%d"`, n, id)) || !strings.Contains(answer, "card authorizations") {
					t.Errorf("%d %s", status, answer)
					return
				}
				made.Add(1)
			}
		})
	}
	for i, leaving := range old {
		before := made.Load()
		joining := replica()
		if err := leaving.command.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		for status(t, leaving, "/readyz") == http.StatusOK {
			time.Sleep(time.Millisecond)
		}
		balance.set(old[(i+1)%2], joining)
		old[i] = joining
		if code := within(t, leaving.command, time.Minute); code != 0 {
			t.Errorf("exit code %d: %s", code, leaving.log)
		}
		if made.Load() == before {
			t.Error("no call was made during the restart")
		}
	}
	close(stop)
	clients.Wait()
}

// status is what a replica answers at a path; 0 if it is gone.
func status(t *testing.T, s *overHTTP, path string) int {
	t.Helper()
	resp, err := http.Get(strings.TrimSuffix(s.url, "/mcp") + path)
	if err != nil {
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}
