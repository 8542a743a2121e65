package rig_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestOptions shows what the options of a rig change.
func TestOptions(t *testing.T) {
	t.Parallel()
	seen := ""
	r := rig.New(t, rig.WithUser("ben.carter"), rig.WithoutWrites(), rig.WithAPI(func(account http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			seen = r.URL.Path
			account.ServeHTTP(w, r)
		})
	}))
	if got := r.Answer(t, "get_user_data", nil); got["name"] != "Ben Carter" || seen != "/users/me" {
		t.Errorf("%v, the API was asked for %q", got, seen)
	}
	if !strings.Contains(r.Logs.String(), "get_user_data") || !strings.Contains(r.Instructions, "--enable-write-tools") {
		t.Errorf("logs %s\ninstructions %s", r.Logs, r.Instructions)
	}
}

func TestInOrder(t *testing.T) {
	t.Parallel()
	var requests []sandbox.Request
	for _, path := range []string{"/b", "/a", "!/z", "/d?x=1", "/c"} {
		if path, writes := strings.CutPrefix(path, "!"); writes {
			requests = append(requests, sandbox.Request{Method: http.MethodPut, Path: path})
		} else {
			requests = append(requests, sandbox.Request{Method: http.MethodGet, Path: path})
		}
	}
	if diff := cmp.Diff([]string{"GET /a", "GET /b", "PUT /z", "GET /c", "GET /d?x=1"}, rig.InOrder(requests)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestElsewhere changes the account past the server.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	id := string(r.Fill(t, []byte("$team:Payments$")))
	r.Elsewhere(t, http.MethodPut, "/teams/"+id, `{"team":{"type":"team","name":"Money"}}`)
	if got := r.Answer(t, "get_team", rig.Args{"team_id": id}); got["name"] != "Money" {
		t.Errorf("%v", got)
	}
	if diff := cmp.Diff([]string{"PUT /teams/" + id}, r.Writes()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := r.LastBody(http.MethodPut); !strings.Contains(got, "Money") || r.LastBody(http.MethodPost) != "" {
		t.Errorf("the last body is %s", got)
	}
}
