package tool_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// directory is PagerDuty with the objects of one kind that a test made up. All other
// requests reach the simulated account.
type directory struct {
	key     string // "services": the path below the API's root and the list's name
	objects []object
	next    http.Handler
}

type object struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email,omitzero"`
}

// ServeHTTP lists the objects and shows one, as PagerDuty does: it searches for text
// byte by byte, small and capital letters alike.
func (d *directory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, "/"+d.key)
	if !ok || r.Method != http.MethodGet || path == "/me" {
		d.next.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if id, isOne := strings.CutPrefix(path, "/"); isOne {
		for _, o := range d.objects {
			if o.ID == id {
				_ = json.NewEncoder(w).Encode(map[string]any{strings.TrimSuffix(d.key, "s"): o})
				return
			}
		}
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"error":{"message":"Not Found","code":2100}}`))
		return
	}
	q := r.URL.Query()
	query := strings.ToLower(q.Get("query"))
	limit, _ := strconv.Atoi(q.Get("limit"))
	offset, _ := strconv.Atoi(q.Get("offset"))
	var fitting []object
	for _, o := range d.objects {
		if strings.Contains(strings.ToLower(o.Name), query) || strings.Contains(o.Email, query) {
			if name := q.Get("name"); name == "" || name == o.Name {
				fitting = append(fitting, o)
			}
		}
	}
	start := min(offset, len(fitting))
	end := min(start+limit, len(fitting))
	_ = json.NewEncoder(w).Encode(map[string]any{d.key: fitting[start:end], "limit": limit, "offset": offset, "more": end < len(fitting)})
}

// named are the arguments of tools that do nothing but say which objects they were
// called with: "look", which only reads, "touch" and "make", which change things, "page",
// which pages people by that, and "remove".
type named struct {
	Service tool.ServiceID   `json:"service_id,omitzero"`
	Team    tool.TeamID      `json:"team_id,omitzero"`
	Users   []tool.UserID    `json:"user_ids,omitzero"`
	All     []tool.ServiceID `json:"service_ids,omitzero"`
}

var lookAndTouch = tool.Set{Name: "test", Tools: []tool.Tool{
	tool.Read("look", "Look", "", func(_ context.Context, _ tool.Reading, in named) (named, error) { return in, nil }),
	tool.Update("touch", "Touch", "", func(_ context.Context, _ tool.Writing, in named) (named, error) { return in, nil }),
	tool.Create("make", "Make", "", func(_ context.Context, _ tool.Writing, in named) (named, error) { return in, nil }),
	tool.UpdateAndNotify("page", "Page", "", func(_ context.Context, _ tool.Writing, in named) (named, error) { return in, nil }),
	tool.Delete("remove", "Remove", "", func(_ context.Context, _ tool.Writing, in named) (named, error) { return in, nil }),
	tool.Create("call", "Call", "", func(_ context.Context, _ tool.Writing, in calling) (named, error) { return in.named, nil }),
}}

// calling are the arguments of "call", which pages people if it is given a team.
type calling struct {
	named
	Paged tool.TeamID `json:"paged_team_id,omitzero" pages:"true"`
}

// withObjects is a server of the tools look and touch, for which PagerDuty has these
// objects and no others of the kind: "services", "users" or "teams".
func withObjects(t *testing.T, key string, objects ...object) *rig.Rig {
	t.Helper()
	return rig.New(t, rig.WithSets(lookAndTouch), rig.WithAPI(func(account http.Handler) http.Handler {
		return &directory{key, objects, account}
	}))
}
