package pdapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// A Contact is what an answer of PagerDuty's tells besides what was asked for.
type Contact struct {
	Took  time.Duration // from the request to the answer, with repeats
	Clock time.Time     // PagerDuty's, to the second, at the answer; zero if it does not say
	// What is left of the rate limit, of how much, and when it starts anew. Limit is 0
	// if PagerDuty does not say.
	Remaining, Limit int
	Reset            time.Duration
}

// An Area is a part of the API that an account's plan, or the scopes of an OAuth token,
// may allow or deny.
type Area struct {
	Name string
	path path
	more func(now time.Time) url.Values
}

// Areas are the areas that can be asked for without knowing anything of the account.
func Areas() []Area {
	one := func(time.Time) url.Values { return url.Values{"limit": {"1"}} }
	hour := func(now time.Time) url.Values {
		q := between(now.Add(-time.Hour), now)
		q.Set("limit", "1")
		return q
	}
	return []Area{
		{"incidents", to("/incidents"), one},
		{"log entries", to("/log_entries"), one},
		{"change events", to("/change_events"), one},
		{"incident types", to("/incidents/types"), nil},
		{"custom fields", to("/incidents/custom_fields"), nil},
		{"priorities", to("/priorities"), one},
		{"services", to("/services"), one},
		{"maintenance windows", to("/maintenance_windows"), one},
		{"alert grouping settings", to("/alert_grouping_settings"), one},
		{"event orchestrations", to("/event_orchestrations"), one},
		{"users", to("/users"), one},
		{"teams", to("/teams"), one},
		{"escalation policies", to("/escalation_policies"), one},
		{"schedules", to("/schedules"), one},
		{"on-calls", to("/oncalls"), one},
		{"notifications", to("/notifications"), hour},
	}
}

// Reach reads the smallest that there is of an area, to find out whether it may be read.
// The contact is known also if PagerDuty denied it, with an [*Error].
//
// One of them: See listIncidents in https://developer.pagerduty.com/api-reference.
func (r Reader) Reach(ctx context.Context, a Area) (Contact, error) {
	var q url.Values
	if a.more != nil {
		q = a.more(r.now())
	}
	contact, _, err := r.contact(ctx, get(a.path, q))
	return contact, err
}

// Owner returns the user whose key it is, whatever [Config.From] says. It fails with
// [ErrAccountKey] if the key names no user. The contact is known whenever PagerDuty
// answered.
//
// See getCurrentUser in https://developer.pagerduty.com/api-reference.
func (r Reader) Owner(ctx context.Context) (User, Contact, error) {
	req := get(to("/users/me"), nil)
	req.reads = true
	contact, got, err := r.contact(ctx, req)
	if err != nil {
		return User{}, contact, err
	}
	var e envelope
	if err := json.Unmarshal(got.data, &e); err != nil {
		return User{}, contact, r.notExpected(req, got, notA("an object", got.data))
	}
	user, _, err := member[User](req, e, "user")
	if err == nil && !IsID(user.ID) {
		err = unreadable(req, errors.New("the user in it has no id"))
	}
	return user, contact, err
}

// Abilities lists what the account's plan includes, by PagerDuty's names for it.
//
// See listAbilities in https://developer.pagerduty.com/api-reference.
func (r Reader) Abilities(ctx context.Context) ([]string, error) {
	return fetch[[]string](ctx, r, get(to("/abilities"), nil), "abilities")
}

// contact sends a read that nobody shares, and keeps what its answer tells.
func (r Reader) contact(ctx context.Context, req request) (Contact, answer, error) {
	req.reads, req.alone = true, true
	ctx, cancel := context.WithTimeout(ctx, r.callTimeout)
	defer cancel()
	out, err := r.prepare(req)
	if err != nil {
		return Contact{}, answer{}, err
	}
	sent := time.Now()
	got, err := r.share(ctx, out)
	c := Contact{Took: time.Since(sent)}
	if err != nil {
		return c, got, err
	}
	c.read(got.header)
	if !got.ok() {
		err = newError(out.request, out.sent, got, r.key)
	}
	return c, got, err
}

func (c *Contact) read(header http.Header) {
	if at, err := http.ParseTime(header.Get("Date")); err == nil {
		c.Clock = at
	}
	limit, err := strconv.Atoi(header.Get("ratelimit-limit"))
	remaining, remainingErr := strconv.Atoi(header.Get("ratelimit-remaining"))
	if err != nil || remainingErr != nil || limit <= 0 {
		return
	}
	c.Limit, c.Remaining = limit, remaining
	if reset, err := strconv.ParseFloat(header.Get("ratelimit-reset"), 64); err == nil {
		c.Reset = seconds(reset)
	}
}
