package cli_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// floors builds the programs that ours is compared with.
var floors = sync.OnceValues(func() (map[string]string, error) {
	paths := map[string]string{}
	for _, name := range []string{"empty", "bare"} {
		paths[name] = filepath.Join(buildDir, "floor-"+name)
		build := exec.Command("go", "build", "-o", paths[name], "./testdata/floor/"+name)
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			return nil, err
		}
	}
	return paths, nil
})

func floorPrograms(b *testing.B) map[string]string {
	b.Helper()
	paths, err := floors()
	if err != nil {
		b.Fatal(err)
	}
	return paths
}

// sample is a set of durations.
type sample []time.Duration

func (s sample) quantile(q float64) float64 {
	if len(s) == 0 {
		return 0
	}
	slices.Sort(s)
	return float64(s[int(q*float64(len(s)-1))]) / float64(time.Millisecond)
}

func timed(s *sample, f func()) {
	start := time.Now()
	f()
	*s = append(*s, time.Since(start))
}

// BenchmarkStart takes turns in starting the three programs, so that what else
// the machine does hits them alike.
func BenchmarkStart(b *testing.B) {
	ours, floor := built(b), floorPrograms(b)
	env := bare("PAGERDUTY_USER_API_KEY=u+benchmark")
	var empty, bareStarted, started, listed sample
	var rss, bareRSS float64
	begin := func(s *sample, path string, args ...string) *child {
		var p *child
		timed(s, func() {
			p = start(b, env, path, args...)
			p.send(hello)
			p.next()
		})
		return p
	}
	for b.Loop() {
		timed(&empty, func() { _ = exec.Command(floor["empty"]).Run() })
		p := begin(&bareStarted, floor["bare"])
		p.send(list)
		p.next()
		bareRSS = p.memory("VmRSS")
		p.stop()
		begun := time.Now()
		p = begin(&started, ours, "all", "--enable-write-tools")
		p.send(list)
		p.next()
		listed = append(listed, time.Since(begun))
		rss = p.memory("VmRSS")
		p.stop()
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(empty.quantile(.5), "empty-ms")
	b.ReportMetric(bareStarted.quantile(.5), "bare-initialize-ms")
	b.ReportMetric(started.quantile(.5), "initialize-ms")
	b.ReportMetric(started.quantile(.5)/bareStarted.quantile(.5), "initialize-x-bare")
	b.ReportMetric(listed.quantile(.5), "tools/list-ms")
	b.ReportMetric(bareRSS, "bare-RSS-MiB")
	b.ReportMetric(rss, "RSS-MiB")
}

// upstream is an account in this process, and the program working on it.
func upstream(b *testing.B, latency time.Duration) (*sandbox.Server, *child) {
	b.Helper()
	box, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(box.Close)
	box.Grow(1000)
	if latency > 0 {
		box.Inject(sandbox.Fault{Latency: latency})
	}
	p := serve(b, bare("PAGERDUTY_USER_API_KEY="+sandbox.UserKey, "PAGERDUTY_API_HOST="+box.URL()), "incidents", "response", "oncall", "--log-level", "error")
	b.Cleanup(p.stop)
	return box, p
}

func toolCall(id int, name, arguments string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":%q,"arguments":%s}}`+"\n", id, name, arguments)
}

// BenchmarkGetIncident compares a call with a GET of the same object by Go's
// HTTP client.
func BenchmarkGetIncident(b *testing.B) {
	box, p := upstream(b, 0)
	var get, call sample
	id := 10
	for b.Loop() {
		timed(&get, func() {
			request, err := http.NewRequest(http.MethodGet, box.URL()+"/incidents/4711", nil)
			if err != nil {
				b.Fatal(err)
			}
			request.Header.Set("Authorization", "Token token="+sandbox.UserKey)
			request.Header.Set("Accept", "application/vnd.pagerduty+json;version=2")
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
		})
		id++
		timed(&call, func() {
			p.send(toolCall(id, "get_incident", `{"incident_id":"4711"}`))
			p.next()
		})
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(get.quantile(.5), "GET-p50-ms")
	b.ReportMetric(call.quantile(.5), "p50-ms")
	b.ReportMetric(call.quantile(.99), "p99-ms")
	b.ReportMetric(call.quantile(.5)/get.quantile(.5), "p50-x-GET")
}

// BenchmarkBriefs makes each brief at 50 ms upstream.
func BenchmarkBriefs(b *testing.B) {
	for _, brief := range rig.Briefs() {
		b.Run(brief.Tool+" "+brief.Arguments, func(b *testing.B) {
			_, p := upstream(b, 50*time.Millisecond)
			var took sample
			id := 10
			for b.Loop() {
				id++
				timed(&took, func() {
					p.send(toolCall(id, brief.Tool, brief.Arguments))
					if answer := p.next(); !strings.Contains(answer, `"result"`) || strings.Contains(answer, `"isError":true`) {
						b.Fatal(answer)
					}
				})
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(took.quantile(.5), "p50-ms")
			b.ReportMetric(took.quantile(.95), "p95-ms")
		})
	}
}

// BenchmarkThousandIncidents lists 1,000 incidents. The account shares the
// processor; own-cpu-ms is what the program itself takes of it.
func BenchmarkThousandIncidents(b *testing.B) {
	for _, latency := range []time.Duration{0, 50 * time.Millisecond} {
		b.Run(fmt.Sprintf("upstream=%v", latency), func(b *testing.B) {
			_, p := upstream(b, latency)
			var took sample
			id := 10
			for b.Loop() {
				id++
				timed(&took, func() {
					p.send(toolCall(id, "list_incidents", `{"limit":1000,"date_range":"all"}`))
					p.next()
				})
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(took.quantile(.5), "p50-ms")
			b.ReportMetric(p.memory("VmHWM"), "peak-RSS-MiB")
			p.stop()
			cpu := p.command.ProcessState.UserTime() + p.command.ProcessState.SystemTime()
			b.ReportMetric(float64(cpu)/float64(time.Millisecond)/float64(len(took)), "own-cpu-ms")
		})
	}
}

// BenchmarkInFlight keeps 16 calls in flight at 50 ms upstream, of which 320 a
// second is ideal, and pings all the while.
func BenchmarkInFlight(b *testing.B) {
	const inFlight, latency = 16, 50 * time.Millisecond
	_, p := upstream(b, latency)
	var ids, begun atomic.Int64
	ids.Store(10)
	var waiting sync.Map // id → chan struct{}, closed by the answer
	go func() {
		for {
			line, err := p.out.ReadString('\n')
			if err != nil {
				return // the end
			}
			_, after, _ := strings.Cut(line, `"id":`)
			var id int64
			_, _ = fmt.Sscanf(after, "%d", &id)
			if answered, ok := waiting.LoadAndDelete(id); ok {
				close(answered.(chan struct{}))
			}
		}
	}()
	ask := func(message func(id int64) string) {
		id, answered := ids.Add(1), make(chan struct{})
		waiting.Store(id, answered)
		p.send(message(id))
		<-answered
	}
	var callers, pinger sync.WaitGroup
	var pings sample
	done := make(chan struct{})
	b.ResetTimer()
	pinger.Go(func() {
		for now := time.NewTicker(time.Millisecond); ; {
			select {
			case <-now.C:
				timed(&pings, func() {
					ask(func(id int64) string { return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"ping"}`+"\n", id) })
				})
			case <-done:
				return
			}
		}
	})
	start := time.Now()
	for range inFlight {
		callers.Go(func() {
			for begun.Add(1) <= int64(b.N) {
				ask(func(id int64) string {
					// Of its own: identical reads are sent once.
					return toolCall(int(id), "get_incident", fmt.Sprintf(`{"incident_id":%d}`, 4000+id%1000))
				})
			}
		})
	}
	callers.Wait()
	rate := float64(b.N) / time.Since(start).Seconds()
	close(done)
	pinger.Wait()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(rate, "calls/s")
	b.ReportMetric(100*rate/(inFlight*float64(time.Second/latency)), "%-of-ideal")
	b.ReportMetric(pings.quantile(.5), "ping-p50-ms")
	b.ReportMetric(pings.quantile(.99), "ping-p99-ms")
}

// BenchmarkPingBehindCalls pings at the worst moment: right behind 16 calls that
// came at once.
func BenchmarkPingBehindCalls(b *testing.B) {
	_, p := upstream(b, 50*time.Millisecond)
	id := 10
	var pings sample
	for b.Loop() {
		for range 16 {
			id++
			p.send(toolCall(id, "get_incident", fmt.Sprintf(`{"incident_id":%d}`, 4000+id%1000)))
		}
		id++
		timed(&pings, func() {
			p.send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"ping"}`+"\n", id))
			for !strings.Contains(p.next(), fmt.Sprintf(`"id":%d,`, id)) {
				b.Fatal("a call's answer came before the ping's")
			}
		})
		for range 16 {
			p.next()
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(pings.quantile(.5), "ping-p50-ms")
	b.ReportMetric(pings.quantile(.99), "ping-p99-ms")
}
