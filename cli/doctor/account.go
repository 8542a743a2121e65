package doctor

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

// whose says whose key it is, and whether it may change anything. It returns false if
// PagerDuty does not accept the key.
func (x *examination) whose(ctx context.Context, pd pdapi.Reader, owner pdapi.User, err error) bool {
	switch {
	case err == nil:
		x.say("account", OK, fmt.Sprintf("the key of %s (%s), %s", owner.Name, owner.Email, roleName(owner.Role)), "")
		if x.From.Value != "" {
			x.from(ctx, pd)
		}
		x.changes(owner)
	case errors.Is(err, pdapi.ErrAccountKey):
		x.accountLevel(ctx, pd)
	case errors.Is(err, pdapi.ErrUnauthorized):
		x.refused(ctx)
		return false
	default:
		x.say("account", Warning, "whose key it is can't be asked: "+x.Explain(err), "")
	}
	return true
}

// refused finds out whether the key belongs to another region.
func (x *examination) refused(ctx context.Context) {
	if x.Other != "" {
		if elsewhere, err := x.at(x.Other); err == nil {
			_, _, err := elsewhere.Owner(ctx)
			if err == nil || errors.Is(err, pdapi.ErrAccountKey) || errors.Is(err, pdapi.ErrForbidden) {
				x.say("account", Failed, fmt.Sprintf("the key is not of %s, but of %s", x.Host.Value, x.Other), "export PAGERDUTY_API_HOST="+x.Other)
				return
			}
		}
	}
	found := "PagerDuty does not accept the key (401)"
	if x.Other != "" {
		found += fmt.Sprintf(", neither at %s nor at %s", x.Host.Value, x.Other)
	}
	x.say("account", Failed, found, newKey)
}

// accountLevel looks at a key that belongs to no user.
func (x *examination) accountLevel(ctx context.Context, pd pdapi.Reader) {
	if x.From.Value == "" && x.From.Err == nil {
		state := Warning
		if x.Write {
			state = Failed
		}
		x.say("account", state, `an account-level key, which belongs to no user: "me" means nobody, and changes are refused`,
			"export PAGERDUTY_FROM_EMAIL= with the login e-mail of the user who acts, or use a user's key")
		return
	}
	x.say("account", OK, "an account-level key, which belongs to no user", "")
	if x.from(ctx, pd) {
		x.say("changes", Warning, "whether an account-level key is a read-only one shows only when something is changed", "see Integrations > API Access Keys in PagerDuty")
	}
}

// from looks for the user who acts.
func (x *examination) from(ctx context.Context, pd pdapi.Reader) bool {
	if x.From.Err != nil {
		x.say("who acts", Failed, x.From.Err.Error(), "correct PAGERDUTY_FROM_EMAIL, or unset it")
		return false
	}
	user, err := pd.Me(ctx)
	if err != nil {
		x.say("who acts", Failed, x.Explain(err), "")
		return false
	}
	x.say("who acts", OK, fmt.Sprintf("%s (PAGERDUTY_FROM_EMAIL)", user.Name), "")
	return true
}

// roles are PagerDuty's words for the base roles of users, and what these may change
// (https://support.pagerduty.com/main/docs/user-roles).
var roles = map[string]struct {
	name string
	may  State // Warning: it depends on the team
}{
	"owner": {"Account Owner", OK}, "admin": {"Global Admin", OK}, "user": {"Manager", OK}, "limited_user": {"Responder", OK},
	"observer": {"Observer", Warning}, "restricted_access": {"Restricted Access", Warning},
	"read_only_user": {"Full Stakeholder", Failed}, "read_only_limited_user": {"Limited Stakeholder", Failed},
}

func roleName(role string) string {
	if r, known := roles[role]; known {
		return r.name
	}
	return fmt.Sprintf("with the role %q", role)
}

// changes says by the user's role whether changes will be accepted.
func (x *examination) changes(owner pdapi.User) {
	role, known := roles[owner.Role]
	if x.Key.Kind() != apiKey && known && role.may != Failed {
		x.say("changes", Warning, role.name+"s may make them; whether the token has the scopes for it shows only when something is changed", "")
		return
	}
	switch {
	case !known:
		x.say("changes", Warning, fmt.Sprintf("what users with the role %q may change is not known here", owner.Role), "")
	case role.may == OK:
		x.say("changes", OK, role.name+"s may make them", "")
	case role.may == Warning:
		x.say("changes", Warning, role.name+"s may make those that their role in a team allows", "")
	case x.Write:
		x.say("changes", Failed, role.name+"s may make none", "serve without --enable-write-tools, or use the key of a user with another role")
	default:
		x.say("changes", OK, role.name+"s may make none, and none are asked for", "")
	}
}

const apiKey = "an API key"

// touches has the tools that work with each area, made by this package's tests from
// what tools ask for.
//
//go:embed touches.json
var touches []byte

// byAbility are what plans include that can't be tried without an object: by
// PagerDuty's name of the ability, the areas in touches.
var byAbility = map[string]string{
	"coordinated_responding": "responder requests", "event_intelligence": "similar incidents",
}

// sideBySide is how many areas are tried at a time.
const sideBySide = 4

// allowed tries what the account's plan and the key's scopes allow.
func (x *examination) allowed(ctx context.Context, pd pdapi.Reader) {
	var tools map[string][]string
	if err := json.Unmarshal(touches, &tools); err != nil {
		x.say("plan", Failed, err.Error(), "this is a fault of the program; report it")
		return
	}
	var (
		mu     sync.Mutex
		denied = map[string]string{} // by area: why
		last   pdapi.Contact
		group  sync.WaitGroup
		places = make(chan struct{}, sideBySide)
	)
	for _, area := range pdapi.Areas() {
		group.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			contact, err := pd.Reach(ctx, area)
			mu.Lock()
			defer mu.Unlock()
			if contact.Limit > 0 && (last.Limit == 0 || contact.Remaining < last.Remaining) {
				last = contact
			}
			if why := x.why(err); why != "" {
				denied[area.Name] = why
			}
		})
	}
	group.Wait()
	if abilities, err := pd.Abilities(ctx); err == nil {
		for ability, area := range byAbility {
			if !slices.Contains(abilities, ability) {
				denied[area] = "the plan lacks it"
			}
		}
	}
	x.budget(last)
	x.denials(denied, tools)
}

// why says in a few words why an area can't be read; "" if it can.
func (x *examination) why(err error) string {
	var answer *pdapi.Error
	isAnswer := errors.As(err, &answer)
	switch {
	case err == nil:
		return ""
	case errors.Is(err, pdapi.ErrPlan):
		return "the plan lacks it"
	case isAnswer && len(answer.Scopes) > 0:
		return "the token lacks the scope " + strings.Join(answer.Scopes, ", ")
	case errors.Is(err, pdapi.ErrForbidden):
		return "the key may not"
	}
	return x.Explain(err)
}

func (x *examination) budget(c pdapi.Contact) {
	switch {
	case c.Limit == 0:
	case c.Remaining*10 < c.Limit:
		x.say("rate limit", Warning, fmt.Sprintf("%d of %d requests are left for %.0f s: others use the key, too", c.Remaining, c.Limit, c.Reset.Seconds()), "use a key of its own for this server")
	default:
		x.say("rate limit", OK, fmt.Sprintf("%d of %d requests a minute are left", c.Remaining, c.Limit), "")
	}
}

// denials says what is denied, and which of the wanted tools that touches.
func (x *examination) denials(denied map[string]string, tools map[string][]string) {
	wanted := map[string]bool{}
	for _, set := range x.Sets {
		for _, t := range set.Tools {
			if t.Access().ReadOnly() || x.Write {
				wanted[t.Name()] = true
			}
		}
	}
	byReason := map[string][]string{}
	for area, why := range denied {
		byReason[why] = append(byReason[why], area)
	}
	if len(denied) == 0 {
		x.say("allowed", OK, "all that the tools work with can be read", "")
	}
	for _, why := range slices.Sorted(maps.Keys(byReason)) {
		areas := byReason[why]
		slices.Sort(areas)
		var touched []string
		for _, area := range areas {
			for _, name := range tools[area] {
				if wanted[name] && !slices.Contains(touched, name) {
					touched = append(touched, name)
				}
			}
		}
		found := strings.Join(areas, ", ") + ": " + why
		if len(touched) == 0 {
			x.say("denied", OK, found+"; no tool that is asked for needs it", "")
			continue
		}
		slices.Sort(touched)
		x.say("denied", Failed, found+". It touches "+strings.Join(touched, ", "), "leave the tools out (--exclude-tools), or ask the account's owner for the rights")
	}
}
