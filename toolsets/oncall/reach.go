package oncall

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// reach is how a user is told of an incident that is given to them.
type reach struct {
	How     string // push at once, phone after 5 min
	Problem string // why they are not told, or only late; "" if all is well
	None    bool   // they are not told at all
}

// methodNames are contact methods as people call them.
var methodNames = map[string]string{
	"email_contact_method": "e-mail", "phone_contact_method": "phone", "sms_contact_method": "SMS",
	"push_notification_contact_method": "push", "whatsapp_contact_method": "WhatsApp",
}

func methodName(kind string) string {
	kind = strings.TrimSuffix(kind, "_reference")
	return cmp.Or(methodNames[kind], strings.TrimSuffix(kind, "_contact_method"))
}

// lateMinutes is from when on somebody is told late.
const lateMinutes = 5

// reachOf finds out how a user is told of incidents of an urgency. Who may not know,
// or can't find out, is told so by problem.
func reachOf(ctx context.Context, call tool.Reading, userID, urgency string) (reach, error) {
	rules, err := call.PD.NotificationRules(ctx, userID)
	switch {
	case ctx.Err() != nil:
		return reach{}, err
	case err != nil:
		return reach{Problem: "how they are told could not be read (" + briefly(err) + ")"}, nil
	}
	rules = slices.DeleteFunc(slices.Clone(rules), func(r pdapi.NotificationRule) bool { return r.Urgency != urgency })
	slices.SortStableFunc(rules, func(x, y pdapi.NotificationRule) int { return cmp.Compare(x.Delay, y.Delay) })
	var told, dead []string
	first := -1
	for _, r := range rules {
		name := methodName(r.Contact.Type)
		if !r.Contact.Usable() {
			dead = append(dead, name)
			continue
		}
		if first < 0 {
			first = r.Delay
		}
		told = append(told, name+" "+after(r.Delay))
	}
	got := reach{How: strings.Join(told, ", ")}
	switch {
	case len(rules) == 0:
		got.None, got.Problem = true, fmt.Sprintf("has no notification rule for %s urgency, so PagerDuty tells them nothing", urgency)
		if methods, err := call.PD.ContactMethods(ctx, userID); err == nil && len(methods) == 0 {
			got.Problem = "has no contact method at all, so PagerDuty can't tell them anything"
		} else if ctx.Err() != nil {
			return reach{}, ctx.Err()
		}
	case len(told) == 0:
		got.None, got.Problem = true, "has rules for "+strings.Join(distinct(dead), " and ")+" only, where PagerDuty sends nothing any more"
	case first >= lateMinutes:
		got.Problem = fmt.Sprintf("is told only after %d minutes", first)
	}
	return got, nil
}

func after(minutes int) string {
	if minutes == 0 {
		return "at once"
	}
	return fmt.Sprintf("after %d min", minutes)
}

// briefly is why a part of an answer is missing, in a few words.
func briefly(err error) string {
	var answer *pdapi.Error
	switch {
	case errors.Is(err, pdapi.ErrForbidden):
		return "the key may not"
	case errors.Is(err, pdapi.ErrPlan):
		return "not in the account's plan"
	case errors.Is(err, pdapi.ErrNotFound):
		return "PagerDuty has none"
	case errors.Is(err, pdapi.ErrRateLimited):
		return "PagerDuty's rate limit is reached; try again in a minute"
	case errors.Is(err, context.DeadlineExceeded):
		return "it took too long"
	case errors.As(err, &answer):
		return fmt.Sprintf("PagerDuty answered %d", answer.Status)
	}
	return "PagerDuty could not be reached"
}
