package server_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/server"
)

// held is an API in front of an account that holds requests for teams back until it is
// told to let them go.
type held struct {
	*httptest.Server
	came chan struct{} // gets a value for each request that is held
	gone chan struct{} // gets a value for each held request whose client went away
	free chan struct{} // closed to let all go
}

func hold(t testing.TB, api http.Handler) *held {
	t.Helper()
	h := &held{came: make(chan struct{}, 1000), gone: make(chan struct{}, 1000), free: make(chan struct{})}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/teams") {
			h.came <- struct{}{}
			select {
			case <-h.free:
			case <-r.Context().Done():
				h.gone <- struct{}{}
				return
			}
		}
		api.ServeHTTP(w, r)
	}))
	t.Cleanup(h.Close)
	return h
}

// TestCancelIsTheCallersOwn has two callers make calls with the same id at the same time.
// Each can cancel their own alone.
func TestCancelIsTheCallersOwn(t *testing.T) {
	t.Parallel()
	h := hold(t, account(t))
	w := newWeb(t, h.URL, server.AuthCaller, nil)
	ana, ben := withCredential(sandbox.UserKey), withCredential(sandbox.KeyOf("ben.carter@northwind.example"))
	answers := make(chan httpReply, 2)
	go func() { answers <- w.post(t, ana, toolCall("same", "list_teams", rig.Args{"query": "a"})) }()
	<-h.came
	cancel := `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"same"}}`
	if got := w.post(t, ben, cancel); got.status != http.StatusAccepted {
		t.Fatalf("%d %s", got.status, got.body)
	}
	select {
	case <-h.gone:
		t.Fatal("another caller's call was canceled")
	default:
	}
	if got := w.post(t, ana, cancel); got.status != http.StatusAccepted {
		t.Fatalf("%d %s", got.status, got.body)
	}
	<-h.gone
	if got := <-answers; !strings.Contains(got.body, `"id":"same","error"`) || !strings.Contains(got.body, "canceled") {
		t.Errorf("%d %s", got.status, got.body)
	}
	// Two programs of one caller: nobody knows which is meant.
	for range 2 {
		go func() { answers <- w.post(t, ana, toolCall("same", "list_teams", rig.Args{"query": rand.Int()})) }()
		<-h.came
	}
	w.post(t, ana, cancel)
	close(h.free)
	for range 2 {
		if got := <-answers; strings.Contains(got.body, "canceled") {
			t.Errorf("%d %s", got.status, got.body)
		}
	}
}

// TestClientGoesAway ends the connection of a call: in the newer era that cancels it, in
// the older one it goes on.
func TestClientGoesAway(t *testing.T) {
	t.Parallel()
	h := hold(t, account(t))
	w := newWeb(t, h.URL, server.AuthNone, nil)
	leave := func(with headers, body string) {
		ctx, cancel := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		for name, value := range with {
			r.Header.Set(name, value)
		}
		var left sync.WaitGroup
		left.Go(func() {
			if resp, err := http.DefaultClient.Do(r); err == nil {
				_ = resp.Body.Close()
			}
		})
		<-h.came
		cancel()
		left.Wait()
	}
	with, body := ofToday(1, "tools/call", map[string]any{"name": "list_teams", "arguments": rig.Args{"query": "a"}})
	leave(with, body)
	<-h.gone
	leave(nil, toolCall(1, "list_teams", rig.Args{"query": "b"}))
	close(h.free)
	until(t, "the call of the older era is answered", func() bool { return strings.Contains(w.logs.String(), "outcome=ok") })
}

// until waits for something that comes by itself.
func until(t testing.TB, what string, there func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !there(); {
		if time.Now().After(deadline) {
			t.Fatal("in vain: " + what)
		}
		time.Sleep(time.Millisecond)
	}
}

// TestProgressIsTheCallersOwn has many callers ask for progress by the same token at the
// same time. Each stream has its own call's, in order, and before the answer.
func TestProgressIsTheCallersOwn(t *testing.T) {
	t.Parallel()
	w := newWeb(t, account(t).URL(), server.AuthSecret, nil)
	var running sync.WaitGroup
	for n := range 20 {
		secret := []string{writeSecret, readSecret}[n%2]
		running.Go(func() {
			body := fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":{"progressToken":"same"},"name":"list_incidents","arguments":{"limit":%d,"since":"30d"}}}`, 150+n)
			got := w.post(t, bearer(secret), body)
			last := 0.0
			lines := bufio.NewScanner(strings.NewReader(got.body))
			lines.Buffer(nil, 1<<22)
			answered := false
			for lines.Scan() {
				data, ok := strings.CutPrefix(lines.Text(), "data: ")
				if !ok {
					continue
				}
				var m struct {
					ID     any
					Params struct{ Progress, Total float64 }
				}
				if err := json.Unmarshal([]byte(data), &m); err != nil {
					t.Error(err)
				}
				if answered {
					t.Errorf("after the answer: %.200s", data)
				}
				if answered = m.ID != nil; !answered && m.Params.Progress <= last {
					t.Errorf("progress %v after %v", m.Params.Progress, last)
				}
				last = m.Params.Progress
			}
			if !answered || !strings.HasPrefix(got.header.Get("Content-Type"), "text/event-stream") {
				t.Errorf("%v %.300s", got.header, got.body)
			}
		})
	}
	running.Wait()
}

// TestFiftyCallers has fifty callers of two accounts use one server, at random and side by
// side. Nobody gets an answer of another account, or to another's request.
func TestFiftyCallers(t *testing.T) {
	t.Parallel()
	type company struct {
		account  *sandbox.Server
		services string
	}
	var companies [2]company
	for i := range companies {
		a := sandbox.New(sandbox.Options{Now: rig.Now, Seed: uint64(i + 1)})
		companies[i] = company{a, a.ID("service", "Search API")}
	}
	users := [][2]string{}
	for n := range 50 {
		users = append(users, [2]string{fmt.Sprintf("key-of-caller-number-%02d", n), sandbox.UserKey})
	}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for n, u := range users {
			if r.Header.Get("Authorization") == "Token token="+u[0] {
				r.Header.Set("Authorization", "Token token="+u[1])
				companies[n%2].account.ServeHTTP(w, r)
				return
			}
		}
		w.WriteHeader(http.StatusUnauthorized)
	}))
	t.Cleanup(api.Close)
	w := newWeb(t, api.URL, server.AuthCaller, nil)
	calls := []struct {
		tool      string
		arguments rig.Args
	}{
		{"get_service", rig.Args{"service_id": "search api"}},
		{"list_incidents", rig.Args{"service_ids": "Search API", "since": "yesterday"}},
		{"list_services", rig.Args{"query": "Search"}},
		{"get_user_data", rig.Args{}},
	}
	var running sync.WaitGroup
	for n := range 50 {
		mine, other := companies[n%2], companies[(n+1)%2]
		running.Go(func() {
			for range 4 {
				call := calls[rand.IntN(len(calls))]
				id := rand.IntN(5) // the same as others have
				got := w.post(t, withCredential(users[n][0]), toolCall(id, call.tool, call.arguments))
				text, isError := textOf(t, got)
				if isError || strings.Contains(text, other.services) || !strings.Contains(got.body, fmt.Sprintf(`"id":%d,`, id)) {
					t.Errorf("%s as caller %d: %.300s", call.tool, n, got.body)
				}
				if call.tool == "get_service" && !strings.Contains(text, mine.services) {
					t.Errorf("%s as caller %d: %.300s", call.tool, n, text)
				}
			}
		})
	}
	running.Wait()
	if stats := w.http.Stats(); stats.Sessions != 50 || stats.Calls != 0 || stats.Bytes != 0 {
		t.Errorf("%+v, want 50 sessions and nothing going on", stats)
	}
	if strings.Contains(w.logs.String(), "key-of-caller") {
		t.Error("a credential is in the log")
	}
}

// TestConfirmOnAnotherReplica asks one replica to delete a team and confirms it to
// another, in both eras. A token is its caller's own, and good once.
func TestConfirmOnAnotherReplica(t *testing.T) {
	t.Parallel()
	api := account(t)
	const other = "write-secret-of-carol-0123456789abcdef"
	secrets := secretsFile(t)
	appendTo(t, secrets, "carol write "+other+"\n")
	replica := func() *web {
		return newWeb(t, api.URL(), server.AuthSecret, func(o *server.Options, h *server.HTTPOptions) {
			var err error
			if h.Secrets, err = server.OpenSecrets(secrets, o.Logger); err != nil {
				t.Fatal(err)
			}
		})
	}
	one, two := replica(), replica()
	alice := bearer(writeSecret)
	text, _ := one.call(t, alice, "create_team", rig.Args{"name": "Night Watch"})
	var made, asked struct{ ID, Confirm string }
	unmarshal(t, text, &made)
	text, _ = one.call(t, alice, "delete_team", rig.Args{"team_id": made.ID})
	unmarshal(t, text, &asked)
	if asked.Confirm == "" {
		t.Fatalf("%s", text)
	}
	confirmed := rig.Args{"team_id": made.ID, "confirm": asked.Confirm}
	if text, _ := two.call(t, bearer(other), "delete_team", confirmed); !strings.Contains(text, "stands for another call") {
		t.Errorf("another caller's token: %s", text)
	}
	if text, isError := two.call(t, alice, "delete_team", confirmed); isError || strings.Contains(text, "confirmation_needed") {
		t.Errorf("on the other replica: %s", text)
	}

	text, _ = one.call(t, alice, "create_team", rig.Args{"name": "Owls"})
	unmarshal(t, text, &made)
	params := map[string]any{"name": "delete_team", "arguments": rig.Args{"team_id": made.ID}}
	with, body := ofToday(1, "tools/call", params)
	got := one.post(t, merged(alice, with), body)
	var question struct{ Result struct{ RequestState string } }
	unmarshal(t, got.body, &question)
	if question.Result.RequestState == "" || !strings.Contains(got.body, "Owls") {
		t.Fatalf("%d %s", got.status, got.body)
	}
	params["requestState"] = question.Result.RequestState
	params["inputResponses"] = map[string]any{"confirm": map[string]any{"action": "accept", "content": map[string]any{}}}
	with, body = ofToday(2, "tools/call", params)
	if text, isError := textOf(t, two.post(t, merged(alice, with), body)); isError {
		t.Errorf("on the other replica: %s", text)
	}
	if api.ID("team", "Owls") != "" {
		t.Error("the team is still there")
	}
}

func unmarshal(t testing.TB, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}

// TestTraceOfARequest says which trace a request belongs to in each place that there is, and
// in wrong ones. The header wins.
func TestTraceOfARequest(t *testing.T) {
	t.Parallel()
	const inHeader, inMeta = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	got := make(chan string, 1)
	w := newWeb(t, account(t).URL(), server.AuthSecret, func(_ *server.Options, h *server.HTTPOptions) {
		h.Trace = func(ctx context.Context, header http.Header) context.Context {
			got <- header.Get("Traceparent") + " " + header.Get("Tracestate")
			return ctx
		}
	})
	for _, c := range []struct {
		with headers
		meta string
		want string
	}{
		{nil, `"traceparent":"` + inMeta + `","tracestate":"a=b",`, inMeta + " a=b"},
		{nil, `"traceparent":"` + inMeta + `",`, inMeta + " "},
		{headers{"Traceparent": inHeader}, `"traceparent":"` + inMeta + `","tracestate":"a=b",`, inHeader + " "},
		{headers{"Traceparent": inHeader, "Tracestate": "c=d"}, "", inHeader + " c=d"},
		{nil, `"traceparent":["` + inMeta + `"],`, " "},
		{nil, `"tracestate":"a=b",`, " "},
		{nil, "", " "},
	} {
		with, body := ofToday(1, "tools/list", map[string]any{})
		body = strings.Replace(body, `"_meta":{`, `"_meta":{`+c.meta, 1)
		if got := w.post(t, merged(bearer(writeSecret), with, c.with), body); got.status != http.StatusOK {
			t.Errorf("%s: %d %.300s", c.meta, got.status, got.body)
		}
		if got := <-got; got != c.want {
			t.Errorf("%v, %s: %q, want %q", c.with, c.meta, got, c.want)
		}
	}
}
