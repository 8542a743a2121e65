package sandbox_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// object is a JSON object.
type object = map[string]any

// noon is the clock of accounts in tests, unless they need another.
var noon = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)

// account is a simulated account without a listener.
type account struct {
	*sandbox.Server
	key string
}

func open(t *testing.T) *account {
	t.Helper()
	return openAt(t, 1, noon)
}

func openAt(t *testing.T, seed uint64, now time.Time) *account {
	t.Helper()
	s := sandbox.New(sandbox.Options{Seed: seed, Now: func() time.Time { return now }})
	t.Cleanup(s.Close)
	return &account{s, sandbox.UserKey}
}

// ask sends a request and returns its status and answer.
func (a *account) ask(t *testing.T, method, target, body string) (int, object) {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Accept", "application/vnd.pagerduty+json;version=2")
	r.Header.Set("Authorization", "Token token="+a.key)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	var got object
	if w.Body.Len() > 0 && w.Body.Bytes()[0] == '{' {
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatalf("%s %s: %v in %s", method, target, err, w.Body)
		}
	}
	return w.Code, got
}

// get answers what a request that must succeed is answered.
func (a *account) get(t *testing.T, target string) object {
	t.Helper()
	status, got := a.ask(t, "GET", target, "")
	if status != 200 {
		t.Fatalf("GET %s: %d %v", target, status, got)
	}
	return got
}

// all are the records of all pages of a list.
func (a *account) all(t *testing.T, target, key string) []object {
	t.Helper()
	separator := "?"
	if strings.Contains(target, "?") {
		separator = "&"
	}
	var out []object
	for more := true; more; {
		page := a.get(t, target+separator+"limit=100&offset="+itoa(len(out)))
		out = append(out, list(page[key])...)
		more, _ = page["more"].(bool)
	}
	return out
}

// refused sends a request that must be refused with 400 and a detail.
func (a *account) refused(t *testing.T, method, target, body, detail string) {
	t.Helper()
	status, got := a.ask(t, method, target, body)
	data, _ := json.Marshal(got)
	if status != 400 || !strings.Contains(string(data), detail) {
		t.Errorf("%s %s %s:\n%d %s, want 400 with %q", method, target, body, status, data, detail)
	}
}

// sent sends a write that must succeed.
func (a *account) sent(t *testing.T, method, target, body string) object {
	t.Helper()
	status, got := a.ask(t, method, target, body)
	if status/100 != 2 {
		t.Fatalf("%s %s %s:\n%d %v", method, target, body, status, got)
	}
	return got
}

func list(v any) []object {
	items, _ := v.([]any)
	out := make([]object, len(items))
	for i, item := range items {
		out[i], _ = item.(object)
	}
	return out
}

// in reads a member deep in an object.
func in(o object, path ...string) any {
	var at any = o
	for _, name := range path {
		holder, _ := at.(object)
		at = holder[name]
	}
	return at
}

func words(o object, path ...string) string {
	s, _ := in(o, path...).(string)
	return s
}

func itoa(n int) string {
	data, _ := json.Marshal(n)
	return string(data)
}

func encode(v any) string {
	data, _ := json.Marshal(v)
	return string(data)
}

func at(t *testing.T, written any) time.Time {
	t.Helper()
	s, _ := written.(string)
	when, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatalf("%v is not a time", written)
	}
	return when
}
