package rig

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// Sent are the requests that reached the account, in order and without their
// queries: "GET /services".
func (r *Rig) Sent() []string {
	var out []string
	for _, request := range r.Requests() {
		path, _, _ := strings.Cut(request.Path, "?")
		out = append(out, request.Method+" "+path)
	}
	return out
}

// Writes are those of the requests sent that change something.
func (r *Rig) Writes() []string {
	return slices.DeleteFunc(r.Sent(), func(s string) bool { return strings.HasPrefix(s, http.MethodGet+" ") })
}

// LastBody is the body of the newest request with a method, "" if there is none.
func (r *Rig) LastBody(method string) string {
	body := ""
	for _, request := range r.Requests() {
		if request.Method == method {
			body = request.Body
		}
	}
	return body
}

// InOrder are requests with their queries, in an order that is the same each time.
// Look-ups run side by side, so that requests that read are sorted up to the next
// one that writes.
func InOrder(requests []sandbox.Request) []string {
	var out []string
	start := 0
	for _, request := range requests {
		if request.Method != http.MethodGet {
			slices.Sort(out[start:])
			start = len(out) + 1
		}
		out = append(out, request.String())
	}
	if start < len(out) {
		slices.Sort(out[start:])
	}
	return out
}

// Elsewhere sends the account a request of Ben Carter's, past the server, and
// returns the body of the answer. It fails the test unless the account says 200 or
// 201.
func (r *Rig) Elsewhere(t testing.TB, method, path, body string) []byte {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, r.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Token token="+sandbox.KeyOf("ben.carter@northwind.example"))
	request.Header.Set("Accept", "application/vnd.pagerduty+json;version=2")
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK && response.StatusCode != http.StatusCreated {
		t.Fatalf("%s %s: %d %s %v", method, path, response.StatusCode, answer, err)
	}
	return answer
}
