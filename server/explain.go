package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// maxExplanation bounds the text of an error, in characters; clients cut off
// what is longer than 10,000.
const maxExplanation = 4000

// explain says what a model, or the person behind it, needs to know of an
// error: what happened, and what to do next. All such words are made here.
func explain(err error) string {
	return tool.Shorten(tool.Clean(explanation(err)), maxExplanation)
}

func explanation(err error) string {
	var (
		wrong     *tool.ArgumentError
		partial   *tool.Partial
		unknown   *tool.UnknownOutcome
		answer    *pdapi.Error
		transport *pdapi.TransportError
	)
	switch {
	case errors.As(err, &wrong):
		return wrong.Error() + "\nNothing was done; correct the call and repeat it."
	case errors.As(err, &partial):
		return partial.Done + ", because: " + explanation(partial.Err)
	case errors.As(err, &unknown):
		return "It is not known whether PagerDuty carried this out: " + why(unknown.Err) + ". " + unknown.Check
	case errors.Is(err, context.Canceled):
		return "The call was canceled."
	case errors.As(err, &answer):
		return before(err, answer) + explainAnswer(answer)
	case errors.As(err, &transport):
		return before(err, transport) + explainTransport(transport)
	case errors.Is(err, pdapi.ErrFromRequired):
		return sentence(err.Error()) + " Set PAGERDUTY_FROM_EMAIL to the login e-mail of the user who acts."
	}
	return sentence(err.Error())
}

// before is what was being done, if err says so in front of its cause.
func before(err, cause error) string {
	said, ok := strings.CutSuffix(err.Error(), cause.Error())
	if !ok || said == "" {
		return ""
	}
	return strings.ToUpper(said[:1]) + said[1:]
}

func sentence(s string) string {
	if s == "" {
		return "It failed."
	}
	return strings.TrimSuffix(strings.ToUpper(s[:1])+s[1:], ".") + "."
}

// why says in a clause why a call failed.
func why(err error) string {
	var answer *pdapi.Error
	if errors.As(err, &answer) {
		return "the answer was " + status(answer)
	}
	var transport *pdapi.TransportError
	if errors.As(err, &transport) {
		if transport.TimedOut {
			return "the answer did not come in time"
		}
		return "no answer came (" + tool.Shorten(transport.Err.Error(), 300) + ")"
	}
	return err.Error()
}

// status is an answer's status with PagerDuty's words for it.
func status(e *pdapi.Error) string {
	s := fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status))
	if words := e.Words(); words != "" {
		s += fmt.Sprintf(", PagerDuty says %q", words)
	}
	return s
}

// advice says what to do about an answer. The first row that fits counts.
var advice = []struct {
	fits func(*pdapi.Error) bool
	what string // happened
	next string // to do
}{
	{is(pdapi.ErrAccountKey), "This needs to know who you are, but the API key is an account-level one, which belongs to no user",
		"Use a user's API key (My Profile > User Settings in PagerDuty), or set PAGERDUTY_FROM_EMAIL to your login e-mail; or name users and teams by id instead."},
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
	{oneOf(http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong), "The request was too large", "Ask for fewer things at once."},
	{func(e *pdapi.Error) bool { return e.Status == http.StatusBadRequest }, "PagerDuty refused the request",
		"Correct what it names; the same call will be refused again."},
	{func(e *pdapi.Error) bool { return e.Status >= 300 && e.Status < 400 }, "Something other than PagerDuty's API seems to answer: it redirects",
		"Check PAGERDUTY_API_HOST and proxies."},
}

func is(target error) func(*pdapi.Error) bool {
	return func(e *pdapi.Error) bool { return errors.Is(e, target) }
}

func code(n int) func(*pdapi.Error) bool {
	return func(e *pdapi.Error) bool { return e.Status == http.StatusBadRequest && e.Code == n }
}

func oneOf(statuses ...int) func(*pdapi.Error) bool {
	return func(e *pdapi.Error) bool {
		for _, s := range statuses {
			if e.Status == s {
				return true
			}
		}
		return false
	}
}

func explainAnswer(e *pdapi.Error) string {
	if e.MaybeDone {
		return fmt.Sprintf("It is not known whether PagerDuty carried this out: the answer was %s. Check before repeating it%s.", status(e), trace(e))
	}
	if errors.Is(e, pdapi.ErrRateLimited) {
		wait := "a minute"
		if e.Wait > 0 {
			wait = e.Wait.Round(time.Second).String()
		}
		return fmt.Sprintf("PagerDuty's rate limit is used up (429), and the wait is longer than this call may take. Nothing was done; try again in %s.", wait)
	}
	for _, row := range advice {
		if row.fits(e) {
			return fmt.Sprintf("%s (%s). %s", row.what, status(e), row.next)
		}
	}
	return fmt.Sprintf("PagerDuty failed to answer, several times over (%s). Try again in a minute%s.", status(e), trace(e))
}

// trace names the request to PagerDuty's support.
func trace(e *pdapi.Error) string {
	if e.RequestID == "" {
		return ""
	}
	return "; PagerDuty's support can trace request " + e.RequestID
}

func explainTransport(e *pdapi.TransportError) string {
	writes := !e.Reads
	switch {
	case errors.Is(e, pdapi.ErrNoDetails):
		return "PagerDuty accepted the change, and sent no details of it. Don't repeat it; look at the result instead."
	case e.Answered && writes:
		return "PagerDuty accepted the change, but its answer could not be read (" + e.Err.Error() + "). Don't repeat it; look at the result instead."
	case e.Answered:
		return "PagerDuty's answer could not be read: " + e.Err.Error() + ". If it happens again, check PAGERDUTY_API_HOST and proxies."
	case writes && e.MaybeSent:
		return "It is not known whether PagerDuty carried this out: " + why(e) + ". Check before repeating it."
	case e.TimedOut:
		return "PagerDuty did not answer in time. Nothing was changed; try again, or ask for less at once."
	}
	return "PagerDuty could not be reached: " + reach(e.Err) + " Nothing was changed."
}

// reach says why no connection came about and what a person can do.
func reach(err error) string {
	var (
		dns  *net.DNSError
		cert *tls.CertificateVerificationError
	)
	short := tool.Shorten(err.Error(), 300)
	switch {
	case errors.As(err, &dns):
		return fmt.Sprintf("the host %q was not found. Check PAGERDUTY_API_HOST and the network.", dns.Name)
	case errors.As(err, &cert):
		return "its TLS certificate is not trusted (" + short + "). Check proxies and the system's certificates."
	}
	return short + ". Check the network, then try again."
}
