package server

import (
	"errors"
	"net/http"
	"slices"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

// advice says what PagerDuty's refusals mean and what to do about them. The first
// row that fits counts.
var advice = []struct {
	fits func(*pdapi.Error) bool
	what string // happened
	next string // to do
}{
	{is(pdapi.ErrAccountKey), "This needs to know who you are, but the API key is an account-level one, which belongs to no user",
		"Use a user's API key (My Profile > User Settings in PagerDuty), or set PAGERDUTY_FROM_EMAIL to your login e-mail; or name users and teams by id instead."},
	{code(1008), "PagerDuty has no user with the e-mail address in PAGERDUTY_FROM_EMAIL",
		"Set PAGERDUTY_FROM_EMAIL to the login e-mail of a user of this account."},
	{is(pdapi.ErrFromRequired), "PagerDuty must be told which user acts, because the API key is an account-level one",
		"Set PAGERDUTY_FROM_EMAIL to the login e-mail of a user of this account, or use a user's API key."},
	{is(pdapi.ErrUnauthorized), "PagerDuty does not accept the API key",
		"Check PAGERDUTY_USER_API_KEY. Accounts in the EU also need PAGERDUTY_API_HOST=https://api.eu.pagerduty.com. Repeating the call won't help."},
	{is(pdapi.ErrPlan), "The PagerDuty account's plan does not include this feature",
		"Repeating the call won't help; do without, or ask the account's owner about the plan."},
	{is(pdapi.ErrForbidden), "The API key may not do this",
		"It may be read-only, the user's role or the OAuth token's scopes may be too narrow, or the account's plan may lack the feature. Repeating the call won't help."},
	{is(pdapi.ErrNotFound), "PagerDuty has no such object, or the key's user may not see it",
		"Check the id; find the right one with a list tool."},
	{busy, "PagerDuty was busy with another change to the account",
		"Nothing was changed. This passes by itself: repeat the call in some seconds."},
	{is(pdapi.ErrShiftBased), "The schedule is shift-based (v3), and this tool knows only layer-based ones",
		"Who is on call: use list_oncalls with schedule_ids, since and until, which knows both kinds. Changes: in PagerDuty's web app."},
	{code(6006), "The team still has escalation policies, schedules, services or teams", "Move or delete those first; list_escalation_policies and list_schedules with team_ids find them."},
	{is(pdapi.ErrAlreadyResolved), "An incident among them is already resolved, and PagerDuty changes all or nothing",
		"Look at their status with get_incident and leave the resolved ones out."},
	{is(pdapi.ErrConflict), "Somebody else changed it at the same time", "Nothing was written. Read it anew and start from that."},
	{code(1015), "No one is on call for that escalation policy", "Choose another policy, or assign a user."},
	{code(1006), "The incident can't be escalated to that level", "Its escalation policy may have fewer levels; choose a lower one."},
	{code(1007), "PagerDuty has no such user to assign to", "Check the user's id."},
	{code(1014), "PagerDuty has no such escalation policy", "Check the escalation policy's id."},
	{code(1020), "PagerDuty has no such priority", "Check the priority's id; get_incident of an incident with that priority shows it."},
	{code(1004), "An incident's id is wrong, and PagerDuty changes all or nothing", "Check the ids with get_incident."},
	{status(http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong), "The request was too large", "Ask for fewer things at once."},
	{status(http.StatusProxyAuthRequired, http.StatusNetworkAuthenticationRequired), "A proxy between here and PagerDuty wants a login",
		"Log in to the network, or put the proxy's user and password into HTTPS_PROXY. The call did not reach PagerDuty."},
	{func(e *pdapi.Error) bool { return e.Status >= 300 && e.Status < 400 }, "Something other than PagerDuty's API seems to answer: it redirects",
		"Check PAGERDUTY_API_HOST and proxies."},
	{func(e *pdapi.Error) bool { return e.Status < 500 && !e.Transient() && e.Words() == "" }, "PagerDuty refused the request and gave no reason",
		"The same call will be refused again; check the arguments, ids above all."},
	{func(e *pdapi.Error) bool { return e.Status < 500 && !e.Transient() }, "PagerDuty refused the request",
		"Correct what it names; the same call will be refused again."},
}

func is(target error) func(*pdapi.Error) bool {
	return func(e *pdapi.Error) bool { return errors.Is(e, target) }
}

func code(n int) func(*pdapi.Error) bool {
	return func(e *pdapi.Error) bool { return e.Status == http.StatusBadRequest && e.Code == n }
}

func status(statuses ...int) func(*pdapi.Error) bool {
	return func(e *pdapi.Error) bool { return slices.Contains(statuses, e.Status) }
}

// busy reports whether an answer is a refusal that passes by itself.
func busy(e *pdapi.Error) bool { return e.Status == http.StatusBadRequest && e.Transient() }
