package oncall

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// policyByID reads a policy, whose id is known whatever the answer has.
func policyByID(ctx context.Context, call tool.Reading, id string) (pdapi.EscalationPolicy, error) {
	p, err := call.PD.EscalationPolicy(ctx, id)
	p.ID = id
	return p, err
}

// policiesOf lists the escalation policies of teams, or all.
func policiesOf(ctx context.Context, call tool.Reading, teams []string) (found []pdapi.EscalationPolicy, err error) {
	for page, err := range call.PD.EscalationPolicies(ctx, pdapi.PolicyFilter{TeamIDs: teams}, pdapi.Window{Limit: maxPolicies}) {
		if err != nil {
			return nil, err
		}
		found = append(found, page.Items...)
		if page.More && len(found) >= maxPolicies {
			call.Note("Only the first %d escalation policies were looked at; name teams to see others.", maxPolicies)
		}
	}
	return found, nil
}

// maxSchedules bounds the schedules of teams.
const maxSchedules = 100

// schedulesOf lists the schedules of teams, of both kinds.
func schedulesOf(ctx context.Context, call tool.Reading, teams []string) (found []tool.Ref, err error) {
	filter, first := pdapi.ScheduleFilter{TeamIDs: teams}, pdapi.Window{Limit: maxSchedules}
	for page, err := range call.PD.Schedules(ctx, filter, first) {
		if err != nil {
			return nil, err
		}
		for _, s := range page.Items {
			found = append(found, tool.Ref{ID: s.ID, Summary: s.Name})
		}
	}
	for page, err := range call.PD.SchedulesV3(ctx, filter, first) {
		switch {
		case errors.Is(err, pdapi.ErrNotFound), errors.Is(err, pdapi.ErrForbidden), errors.Is(err, pdapi.ErrPlan):
			return found, nil // an account without any
		case ctx.Err() != nil:
			return nil, err
		case err != nil:
			call.Note("Shift-based schedules could not be listed (%s).", briefly(err))
			return found, nil
		}
		for _, s := range page.Items {
			found = append(found, tool.Ref{ID: s.ID, Summary: s.Summary})
		}
	}
	return found, nil
}

// policyOf finds the escalation policy of a service that does not tell it itself.
func policyOf(ctx context.Context, call tool.Reading, service string) (pdapi.EscalationPolicy, error) {
	all, err := policiesOf(ctx, call, nil)
	if err != nil {
		return pdapi.EscalationPolicy{}, err
	}
	for _, p := range all {
		if slices.ContainsFunc(p.Services, func(s pdapi.Reference) bool { return s.ID == service }) {
			return p, nil
		}
	}
	return pdapi.EscalationPolicy{}, fmt.Errorf("which escalation policy the service %s has could not be read, so whom it pages is not known; look with get_service, or give escalation_policy_id", service)
}

// policiesByID reads policies, each once.
func policiesByID(ctx context.Context, call tool.Reading, refs []pdapi.Reference) ([]pdapi.EscalationPolicy, error) {
	var ids []string
	for _, r := range refs {
		ids = append(ids, r.ID)
	}
	return tool.SideBySide(ctx, call.PD.Room(atOnce), distinct(ids), func(ctx context.Context, id string) (pdapi.EscalationPolicy, error) {
		return policyByID(ctx, call, id)
	})
}
