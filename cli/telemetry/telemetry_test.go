package telemetry_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/PagerDuty/pagerduty-mcp/cli/telemetry"
	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/server"
)

// observed is a rig whose calls are told to both.
func observed(t *testing.T, both telemetry.Both, more ...rig.Option) *rig.Rig {
	t.Helper()
	return rig.New(t, append(more, rig.WithServer(func(o *server.Options) { o.Observe = both }), rig.WithConfig(func(c *pdapi.Config) { c.Observe = both.Attempt }))...)
}

// TestMetrics makes calls that end in several ways and reads the counters.
func TestMetrics(t *testing.T) {
	t.Parallel()
	m := telemetry.NewMetrics()
	m.Watch(func() server.Stats { return server.Stats{Calls: 3, Bytes: 5, Sessions: 7, Budget: 959} })
	r := observed(t, telemetry.Both{Metrics: m})
	r.Inject(sandbox.Fault{Path: "/teams", Status: 502, Times: 1})
	r.Answer(t, "list_teams", rig.Args{"query": "Search"})
	r.Refusal(t, "get_incident", rig.Args{"incident_id": "Q0NOSUCHINCIDENT"})
	r.Refusal(t, "list_teams", rig.Args{"limit": "many"})
	m.Refused("host")
	answer := httptest.NewRecorder()
	m.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	text := answer.Body.String()
	for _, line := range []string{
		`pagerduty_mcp_calls_total{outcome="ok",tool="list_teams"} 1`,
		`pagerduty_mcp_calls_total{outcome="wrong arguments",tool="list_teams"} 1`,
		`pagerduty_mcp_call_duration_seconds_count{tool="get_incident"} 1`,
		`pagerduty_mcp_upstream_requests_total{method="GET",status="502"} 1`,
		`pagerduty_mcp_upstream_requests_total{method="GET",status="404"} 1`,
		`pagerduty_mcp_upstream_retries_total 1`,
		`pagerduty_mcp_refused_requests_total{reason="host"} 1`,
		`pagerduty_mcp_requests_in_flight 3`, `pagerduty_mcp_held_bytes 5`, `pagerduty_mcp_sessions 7`, `pagerduty_mcp_rate_limit_remaining 959`,
		`go_goroutines`,
	} {
		if !strings.Contains(text, "\n"+line) {
			t.Errorf("there is no %s in\n%s", line, text)
		}
	}
	for _, never := range []string{"Q0NOSUCHINCIDENT", "Search", sandbox.UserKey} {
		if strings.Contains(text, never) {
			t.Errorf("%s is in the metrics", never)
		}
	}
}

// collector takes what is sent by OTLP.
type collector struct {
	*httptest.Server
	mu   sync.Mutex
	got  []byte
	auth string
}

func newCollector(t *testing.T) *collector {
	c := &collector{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(r.Body)
		c.mu.Lock()
		defer c.mu.Unlock()
		if err != nil || r.URL.Path != "/base/v1/traces" || r.Header.Get("Content-Type") != "application/x-protobuf" {
			t.Errorf("%s %v: %v", r.URL, r.Header, err)
		}
		c.got, c.auth = append(c.got, data...), r.Header.Get("X-Auth")
	}))
	t.Cleanup(c.Close)
	return c
}

// fields are the values of a message's field, which are messages or texts themselves.
func fields(t *testing.T, message []byte, path ...protowire.Number) [][]byte {
	t.Helper()
	if len(path) == 0 {
		return [][]byte{message}
	}
	var found [][]byte
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			t.Fatalf("no protobuf: %q", message)
		}
		size := protowire.ConsumeFieldValue(number, kind, message[n:])
		if size < 0 {
			t.Fatalf("no protobuf: %q", message)
		}
		value := message[n : n+size]
		if kind == protowire.BytesType {
			value, _ = protowire.ConsumeBytes(value)
		}
		if number == path[0] {
			found = append(found, fields(t, value, path[1:]...)...)
		}
		message = message[n+size:]
	}
	return found
}

// TestTraces makes a call that belongs to a trace, and reads the spans that a collector
// gets. PagerDuty gets the context of the trace.
func TestTraces(t *testing.T) {
	t.Parallel()
	const trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
	c := newCollector(t)
	variables := map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": c.URL + "/base", "OTEL_EXPORTER_OTLP_HEADERS": "x-auth=a%20b, y=z"}
	traces, err := telemetry.NewTraces(t.Context(), func(name string) string { return variables[name] }, "1.2.3", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	var passedOn sync.Map
	r := observed(t, telemetry.Both{Metrics: telemetry.NewMetrics(), Traces: traces}, rig.WithAPI(func(account http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			passedOn.Store(r.URL.Path, r.Header.Get("Traceparent"))
			account.ServeHTTP(w, r)
		})
	}))
	ctx := traces.Incoming(t.Context(), http.Header{"Traceparent": {"00-" + trace + "-" + parent + "-01"}})
	if _, err := r.Server.Call(ctx, "list_teams", []byte(`{"query":"Search"}`)); err != nil {
		t.Fatal(err)
	}
	if err := traces.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var spans []string
	for _, span := range fields(t, c.got, 1, 2, 2) {
		spans = append(spans, fmt.Sprintf("%s %s", hex.EncodeToString(fields(t, span, 1)[0]), fields(t, span, 5)[0]))
		if string(fields(t, span, 5)[0]) == "tools/call list_teams" {
			if got := hex.EncodeToString(fields(t, span, 4)[0]); got != parent {
				t.Errorf("the parent is %s, want %s", got, parent)
			}
		}
	}
	want := []string{trace + " GET /teams", trace + " tools/call list_teams"}
	if strings.Join(spans, "\n") != strings.Join(want, "\n") {
		t.Errorf("spans:\n%s\nwant:\n%s", strings.Join(spans, "\n"), strings.Join(want, "\n"))
	}
	if got, _ := passedOn.Load("/teams"); !strings.HasPrefix(fmt.Sprint(got), "00-"+trace+"-") {
		t.Errorf("PagerDuty got %v", got)
	}
	if all := string(c.got); c.auth != "a b" || !strings.Contains(all, "1.2.3") || strings.Contains(all, "Search") || strings.Contains(all, sandbox.UserKey) {
		t.Errorf("auth %q: %q", c.auth, all)
	}
}

// TestTracesAreAskedFor reads the variables of OpenTelemetry.
func TestTracesAreAskedFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		set  map[string]string
		on   bool
		want string
	}{
		{nil, false, ""},
		{map[string]string{"OTEL_SERVICE_NAME": "x"}, false, ""},
		{map[string]string{"OTEL_TRACES_EXPORTER": "otlp"}, true, ""},
		{map[string]string{"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://a"}, false, ""},
		{map[string]string{"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://a"}, false, ""},
		{map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "localhost:4317"}, false, "is no URL"},
		{map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://a", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, false, "only http/protobuf"},
		{map[string]string{"OTEL_TRACES_EXPORTER": "zipkin"}, false, "only otlp and none"},
		{map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://a", "OTEL_EXPORTER_OTLP_HEADERS": "secret-without-name"}, false, "name=value"},
		{map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://a", "OTEL_EXPORTER_OTLP_TIMEOUT": "10s"}, false, "milliseconds"},
	} {
		traces, err := telemetry.NewTraces(t.Context(), func(name string) string { return c.set[name] }, "1", slog.New(slog.DiscardHandler))
		if (traces != nil) != c.on || (err != nil) != (c.want != "") || err != nil && (!strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%v: %v, %v; want %v, %q", c.set, traces != nil, err, c.on, c.want)
		}
		if traces != nil {
			_ = traces.Close(context.WithoutCancel(t.Context()))
		}
	}
}
