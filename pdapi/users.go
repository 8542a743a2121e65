package pdapi

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"strings"
	"sync"
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
func (r Reader) Users(ctx context.Context, f UserFilter, w Window) iter.Seq2[Page[User], error] {
	q := url.Values{}
	set(q, "query", f.Query)
	add(q, "team_ids[]", f.TeamIDs)
	return pages[User](ctx, r.conn, "users", q, w, "users")
}

// User returns one user.
func (r Reader) User(ctx context.Context, id string) (User, error) {
	return get[User](ctx, r.conn, "user", nil, "users", id)
}

// identity remembers who acts, once PagerDuty has said.
type identity struct {
	mu   sync.Mutex
	user *User
}

// Me returns the user who acts: the owner of the key, or with
// [Config.From] the user with that login e-mail. The answer is remembered.
//
// An account-level key without From fails with [ErrAccountKey], a From that no
// user has with an error wrapping [ErrFromRequired].
func (r Reader) Me(ctx context.Context) (User, error) {
	r.me.mu.Lock()
	defer r.me.mu.Unlock()
	if r.me.user != nil {
		return *r.me.user, nil
	}
	user, err := r.findMe(ctx)
	if err != nil {
		return User{}, err
	}
	r.me.user = &user
	return user, nil
}

func (r Reader) findMe(ctx context.Context) (User, error) {
	if r.from == "" {
		return get[User](ctx, r.conn, "user", nil, "users", "me")
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

// add puts a set filter into a query: PagerDuty wants the name repeated.
func add(q url.Values, name string, values []string) {
	for _, v := range values {
		q.Add(name, v)
	}
}
