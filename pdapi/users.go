package pdapi

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// User is a person who can log in to PagerDuty. Calendar URLs, which are
// credentials, are not read.
type User struct {
	ID       string      `json:"id"`
	Name     string      `json:"name,omitzero"`
	Email    string      `json:"email,omitzero"`
	Role     string      `json:"role,omitzero"`
	JobTitle string      `json:"job_title,omitzero"`
	TimeZone string      `json:"time_zone,omitzero"` // IANA or Rails name
	HTMLURL  string      `json:"html_url,omitzero"`
	Teams    []Reference `json:"teams,omitzero"`
}

// UserFilter narrows [Reader.Users]. Empty fields do not.
type UserFilter struct {
	Query   string // part of a name or e-mail
	TeamIDs []string
}

// Users lists users by name.
//
// See listUsers in https://developer.pagerduty.com/api-reference.
func (r Reader) Users(ctx context.Context, f UserFilter, w Window) iter.Seq2[Page[User], error] {
	q := url.Values{}
	set(q, "query", f.Query)
	add(q, "team_ids[]", f.TeamIDs)
	return pages[User](ctx, r, "users", q, w, to("/users"))
}

// User returns one user.
//
// See getUser in https://developer.pagerduty.com/api-reference.
func (r Reader) User(ctx context.Context, id string) (User, error) {
	return fetch[User](ctx, r, get(to("/users/{id}", id), nil), "user")
}

// identity remembers who acts, for a while.
type identity struct {
	mu    sync.Mutex
	user  User
	epoch uint64    // of the reading
	until time.Time // zero if nothing is remembered
}

// maxRemembered is how long Me remembers: people change their own time zone and
// teams in PagerDuty's web app too.
const maxRemembered = time.Minute

// Me returns the user who acts: the owner of the key, or with [Config.From] the
// user with that login e-mail. The answer is remembered for up to a minute, unless
// this client writes something in the meantime; a failure never is.
//
// An account-level key without From fails with [ErrAccountKey], a From that no
// user has with an error wrapping [ErrFromRequired].
//
// See getCurrentUser in https://developer.pagerduty.com/api-reference.
func (r Reader) Me(ctx context.Context) (User, error) {
	epoch := r.epoch.Load() // before the reading: a write during it counts
	r.me.mu.Lock()
	known := r.me.epoch == epoch && time.Now().Before(r.me.until)
	user := r.me.user
	r.me.mu.Unlock()
	if known {
		return user, nil
	}
	// No lock is held here, so nobody waits for somebody else's request longer
	// than for one of their own. Callers at the same moment share one.
	user, err := r.findMe(ctx)
	if err == nil && !IsID(user.ID) { // a filter by "" would match what is not theirs
		err = unreadable(request{reads: true, method: http.MethodGet, path: to("/users/me")}, errors.New("the user in it has no id"))
	}
	if err != nil {
		return User{}, err
	}
	r.me.mu.Lock()
	defer r.me.mu.Unlock()
	r.me.user, r.me.epoch, r.me.until = user, epoch, time.Now().Add(maxRemembered)
	return user, nil
}

func (r Reader) findMe(ctx context.Context) (User, error) {
	if r.from == "" {
		return fetch[User](ctx, r, get(to("/users/me"), nil), "user")
	}
	for page, err := range r.Users(ctx, UserFilter{Query: r.from}, Window{Limit: MaxPageSize}) {
		if err != nil {
			return User{}, err
		}
		for _, u := range page.Items {
			if strings.EqualFold(u.Email, r.from) {
				return u, nil
			}
		}
	}
	return User{}, fmt.Errorf("no PagerDuty user has the login e-mail %q: %w", r.from, ErrFromRequired)
}

// HasFrom reports whether a From address says who acts.
func (r Reader) HasFrom() bool { return r.from != "" }
