package oncall

import (
	"context"
	"errors"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// atOnce is how many requests a tool has under way side by side.
const atOnce = 6

// longAgo stands for a time of deletion that PagerDuty doesn't tell.
var longAgo = pdapi.Time{Time: time.Unix(0, 0)}

// users are users by their ids.
type users map[string]pdapi.User

// usersByID reads users, each once. Those who are gone are left out.
func usersByID(ctx context.Context, call tool.Reading, ids []string) (users, error) {
	ids = distinct(ids)
	found, err := tool.SideBySide(ctx, call.PD.Room(atOnce), ids, func(ctx context.Context, id string) (pdapi.User, error) {
		u, err := call.PD.User(ctx, id)
		if errors.Is(err, pdapi.ErrNotFound) {
			return pdapi.User{}, nil
		}
		return u, err
	})
	if err != nil {
		return nil, err
	}
	out := users{}
	for i, u := range found {
		if u.ID != "" {
			out[ids[i]] = u
		}
	}
	return out, nil
}

// ref shows a user, as deleted if nobody has the id; nil for none.
func (u users) ref(id string) *tool.Ref {
	if id == "" {
		return nil
	}
	found, ok := u[id]
	return &tool.Ref{ID: id, Summary: found.Name, Deleted: !ok}
}

// otherKind reports whether a call that only knows layer-based schedules failed as it
// does for shift-based ones. PagerDuty says so in words alone, which may change: any
// refusal of the request may mean it.
func otherKind(err error) bool {
	var answer *pdapi.Error
	return errors.Is(err, pdapi.ErrShiftBased) || errors.As(err, &answer) && answer.Status == 400
}

// distinct are texts, each once, in order. Empty ones, which ids are that could not be
// read, are left out.
func distinct(list []string) []string {
	var out []string
	seen := map[string]bool{"": true}
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
