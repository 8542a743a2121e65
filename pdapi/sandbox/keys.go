package sandbox

import (
	"net/http"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

// The keys a sandbox knows; any other is answered 401.
const (
	UserKey     = "sandbox-user-key"      // of Ana Souza, as an API key or a Bearer token
	AccountKey  = "sandbox-account-key"   // account-level: names no user
	ReadOnlyKey = "sandbox-read-only-key" // account-level, may not write
	ScopedKey   = "sandbox-scoped-key"    // of Ana Souza, as an OAuth token with the scope incidents.read alone

	userKeyPrefix = "sandbox-key-of-"
)

// KeyOf is the key of the user with an e-mail address.
func KeyOf(email string) string { return userKeyPrefix + email }

// token is what kind of key a request carries.
type token int

const (
	userToken token = iota + 1
	accountToken
	readOnlyToken
	scopedToken
)

// callers finds out who calls an account.
type callers struct{ open func() *account }

// Authenticate implements [rest.Account].
func (k callers) Authenticate(r *rest.Call) (*call, *rest.Answer) {
	c := &call{Call: r, account: k.open()}
	c.now = c.Now
	c.advance(c.Now)
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Token token=")
	if !ok {
		key, _ = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	}
	email, ofUser := strings.CutPrefix(key, userKeyPrefix)
	switch {
	case key == UserKey:
		c.token, c.actor = userToken, c.me
	case key == AccountKey:
		c.token = accountToken
	case key == ReadOnlyKey:
		c.token = readOnlyToken
	case ofUser && c.userByEmail(email) != nil:
		c.token, c.actor = userToken, c.userByEmail(email)
	case key == ScopedKey:
		c.token, c.actor = scopedToken, c.me
	default:
		return nil, rest.Fail(http.StatusUnauthorized, 2006, "Authentication failed")
	}
	if scope := scopeOf(r.Operation); c.token == scopedToken && scope != "" && scope != "incidents.read" {
		return nil, &rest.Answer{Status: http.StatusForbidden, Body: obj{"error": obj{
			"message": "Token missing required scopes", "required_scopes": scope,
		}}}
	}
	return c, c.lacks(r.Operation)
}

// scopes are the names of OAuth scopes by the beginning of an operation's path, the
// longest first.
var scopes = []struct{ path, scope string }{
	{"/schedules/{id}/users", "users"}, {"/users/me", ""}, {"/v3/", ""}, {"/users/{id}/contact_methods", "users:contact_methods"}, {"/users/{id}/notification_rules", "users:contact_methods"}, {"/maintenance_windows", "services"}, {"/notifications", "users:notifications"}, {"/alert_grouping_settings", "services"},
	{"/incidents/custom_fields", "custom_fields"}, {"/incidents/{types}/{type}/{custom_fields}", "custom_fields"}, {"/incidents/types", "incident_types"},
	{"/incidents/{id}/status_updates/subscribers", "subscribers"}, {"/incidents/{id}/status_updates/unsubscribe", "subscribers"}, {"/incidents", "incidents"}, {"/services", "services"}, {"/users", "users"}, {"/teams", "teams"},
	{"/schedules", "schedules"}, {"/oncalls", "oncalls"}, {"/escalation_policies", "escalation_policies"},
	{"/event_orchestrations", "event_orchestrations"}, {"/log_entries", "incidents"}, {"/change_events", "change_events"}, {"/service_dependencies", "services"}, {"/priorities", "priorities"}, {"/abilities", "abilities"},
}

// scopeOf is the OAuth scope that an operation wants, "" for one that wants none.
func scopeOf(operation string) string {
	method, path, _ := strings.Cut(operation, " ")
	access := ".read"
	if method != http.MethodGet {
		access = ".write"
	}
	for _, s := range scopes {
		if strings.HasPrefix(path, s.path) && s.scope != "" {
			return s.scope + access
		} else if strings.HasPrefix(path, s.path) {
			return ""
		}
	}
	return ""
}

// Attribute finds out who a write is by, as PagerDuty does: a user's key names
// the user, an account's key needs the From header.
func (callers) Attribute(c *call, attributed bool) *rest.Answer {
	if c.Method == http.MethodGet {
		return nil
	}
	if c.token == readOnlyToken {
		return rest.Fail(http.StatusForbidden, 2010, "Access Denied")
	}
	if from := c.Header.Get("From"); from != "" {
		who := c.userByEmail(from)
		if who == nil {
			return rest.Fail(http.StatusBadRequest, 1008, "Requester User Not Found")
		}
		if c.actor == nil {
			c.actor = who
		}
	}
	if attributed && c.actor == nil {
		return rest.Fail(http.StatusBadRequest, 2016, `You must specify a user's email address in the "From" header to perform this action`)
	}
	return nil
}
