package pdapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// ErrConflict is the failure of a write that met somebody else's: HTTP 409.
var ErrConflict = errors.New("somebody else changed it at the same time")

// RouterWarning says of a rule that the account's plan does not evaluate it.
type RouterWarning struct {
	RuleID  string `json:"rule_id,omitzero"`
	Message string `json:"message,omitzero"`
}

// RouterChange is what became of a change to a router.
type RouterChange struct {
	// Before is the router as it was right before it was written, After as
	// PagerDuty showed it after that.
	Before, After OrchestrationPath
	Warnings      []RouterWarning
	// NotAsSent is set when the rules that PagerDuty shows are not the ones that
	// were sent: PagerDuty changed them, or somebody else did right afterwards.
	NotAsSent bool
	// Reread is set when After was read anew, because PagerDuty's answer to the
	// change was lost, was empty, or could not be read.
	Reread bool
}

// readOnlyPath are the keys of a path that PagerDuty sets itself.
var readOnlyPath = []string{"self", "version", "created_at", "created_by", "updated_at", "updated_by"}

// maxTries is how often a change to a router is made when somebody else's comes in
// between.
const maxTries = 3

// ReplaceRouter replaces the router of an event orchestration by the one that
// change returns for the router as it is. PagerDuty deletes every rule that is
// missing from it. An error of change is returned as it is, and nothing is written.
//
// Changes to the same router wait for each other, whichever client of a [Pool]
// makes them. To others change should not take long: a router that somebody else
// writes between our reading and our writing is overwritten unseen, because
// PagerDuty does not compare versions. Where PagerDuty refuses the write because
// of the other one, the router is read and changed anew, a few times.
//
// See updateOrchPathRouter in https://developer.pagerduty.com/api-reference.
func (c Client) ReplaceRouter(ctx context.Context, id string, change func(before OrchestrationPath) (OrchestrationPath, error)) (RouterChange, error) {
	release, err := c.lock(ctx, router(id))
	if err != nil {
		return RouterChange{}, err
	}
	defer release()
	result, err := c.changeRouter(ctx, id, change, func(wanted, there OrchestrationPath) bool {
		return sameRules(wanted.Rules(), there.Rules())
	})
	if isRehearsed(err) {
		return result, nil // it has the rules as they would be
	}
	return result, err
}

// AppendRouterRule adds a rule, which has no id yet, at the end of an event
// orchestration's router, and returns it as PagerDuty made it. It is as careful as
// [Client.ReplaceRouter], and looks once more afterwards: if somebody else's write
// has taken the rule out again, it is added again.
//
// See updateOrchPathRouter in https://developer.pagerduty.com/api-reference.
func (c Client) AppendRouterRule(ctx context.Context, id string, rule json.RawMessage) (added json.RawMessage, result RouterChange, err error) {
	release, err := c.lock(ctx, router(id))
	if err != nil {
		return nil, result, err
	}
	defer release()
	for range maxTries {
		var before OrchestrationPath
		result, err = c.changeRouter(ctx, id, func(there OrchestrationPath) (OrchestrationPath, error) {
			before = there
			return there.WithRules(append(slices.Clone(there.Rules()), rule), nil)
		}, func(_, there OrchestrationPath) bool {
			return slices.ContainsFunc(newRules(before, there), func(r json.RawMessage) bool { return sameRule(rule, r) })
		})
		if err != nil {
			return nil, result, err
		}
		made := newRules(before, result.After)
		if len(made) == 0 && !result.Reread { // the answer to the change need not be all there is
			if there, lookup := readNow[OrchestrationPath](ctx, c, "orchestration_path", router(id)); lookup == nil {
				result.After, result.Reread = there.value, true
				made = newRules(before, there.value)
			}
		}
		if len(made) == 0 {
			return nil, result, unreadable(request{method: http.MethodPut, path: router(id)}, errNotShown)
		}
		added = made[len(made)-1]
		if result.Reread {
			return added, result, nil
		}
		there, lookup := readNow[OrchestrationPath](ctx, c, "orchestration_path", router(id))
		if lookup != nil { // PagerDuty has shown the rule once, which is enough
			return added, result, nil
		}
		isAdded := func(r json.RawMessage) bool { return ruleID(r) == ruleID(added) }
		if slices.ContainsFunc(there.value.Rules(), isAdded) {
			result.After = there.value
			return added, result, nil
		}
	}
	return nil, result, fmt.Errorf("%w: the rule was added %d times, and each time it was gone again a moment later", ErrConflict, maxTries)
}

var errNotShown = errors.New("the router that PagerDuty shows has no new rule")

func router(id string) path { return to("/event_orchestrations/{id}/router", id) }

// changeRouter reads a router and writes what change makes of it. The lock on the
// router is held. Done reports whether a router is as it was wanted.
func (c Client) changeRouter(
	ctx context.Context, id string, change func(before OrchestrationPath) (OrchestrationPath, error), done func(wanted, there OrchestrationPath) bool,
) (result RouterChange, err error) {
	for range maxTries {
		before, lookup := readNow[OrchestrationPath](ctx, c, "orchestration_path", router(id))
		if lookup != nil {
			return result, lookup
		}
		if err := before.value.whole(); err != nil {
			return result, unreadable(request{reads: true, method: http.MethodGet, path: router(id)}, err)
		}
		wanted, refusal := change(before.value)
		if refusal != nil {
			return result, refusal
		}
		result = RouterChange{Before: before.value}
		result.After, result.Warnings, err = c.putRouter(ctx, id, wanted)
		if isRehearsed(err) {
			result.After = wanted
			return result, err
		}
		if needsLook(err) {
			there, lookup := readNow[OrchestrationPath](ctx, c, "orchestration_path", router(id))
			if lookup == nil && (errors.Is(err, ErrNoDetails) || done(wanted, there.value)) {
				result.After, result.Reread, err = there.value, true, nil
			}
		}
		if err == nil {
			result.NotAsSent = !done(wanted, result.After)
			return result, nil
		}
		if !errors.Is(err, ErrConflict) && !c.isOutdated(ctx, id, before.value, err) {
			return result, err
		}
	}
	return result, err
}

// isOutdated reports whether a change was refused because somebody else has
// written the router in the meantime: PagerDuty refuses a router with the id of a
// rule that is there no more.
func (c Client) isOutdated(ctx context.Context, id string, before OrchestrationPath, refusal error) bool {
	var answer *Error
	if !errors.As(refusal, &answer) || answer.Status != http.StatusBadRequest {
		return false
	}
	there, err := readNow[OrchestrationPath](ctx, c, "orchestration_path", router(id))
	return err == nil && there.value.Version() != before.Version()
}

// putRouter writes a router. It is sent once: what another request wrote in the
// meantime would be lost if it were repeated as it is.
func (c Client) putRouter(ctx context.Context, id string, p OrchestrationPath) (after OrchestrationPath, warnings []RouterWarning, err error) {
	body := maps.Clone(p.document)
	for _, name := range readOnlyPath {
		delete(body, name)
	}
	put := request{method: http.MethodPut, path: router(id), body: map[string]any{"orchestration_path": body}, once: true}
	e, err := c.open(ctx, put)
	if err != nil {
		return after, nil, err
	}
	_, _ = decode(e["warnings"], &warnings) // they are not what the call is about
	after, _, err = member[OrchestrationPath](put, e, "orchestration_path")
	if err == nil && after.whole() != nil {
		err = unreadable(put, after.whole())
	}
	return after, warnings, err
}

// newRules are the rules of a router that were not there before, by their ids.
func newRules(before, after OrchestrationPath) (made []json.RawMessage) {
	ids := map[string]bool{}
	for _, r := range before.Rules() {
		ids[ruleID(r)] = true
	}
	for _, r := range after.Rules() {
		if id := ruleID(r); id != "" && !ids[id] {
			made = append(made, r)
		}
	}
	return made
}

func ruleID(rule json.RawMessage) string {
	var identified struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal(rule, &identified) // without an id it has none
	return identified.ID
}

// sameRules reports whether a router has the rules that were sent, in order.
func sameRules(sent, there []json.RawMessage) bool { return slices.EqualFunc(sent, there, sameRule) }

// sameRule reports whether a rule is the one that was sent. PagerDuty adds to a
// rule what was not sent with it, as its id.
func sameRule(sent, there json.RawMessage) bool {
	wanted, err := asJSON(sent)
	if err != nil {
		return false
	}
	shown, err := asJSON(there)
	return err == nil && fits(wanted, shown)
}
