package sandbox

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

func (n note) object() obj {
	return obj{
		"id": n.id, "user": n.by, "channel": obj{"summary": "The PagerDuty website or APIs"}, "content": n.content,
		"created_at": stamp(n.at), "updated_at": stamp(n.at),
	}
}

func (i *incident) summary() string { return fmt.Sprintf("[#%d] %s", i.number, i.title) }

// shown is an incident with what a request wants included.
func (i *incident) shown(a *account, in *time.Location, include []string) obj {
	o := i.object(in)
	whole := map[string]any{
		"body": nil, "custom_fields": i.customFields(a), "services": i.service.object(a, in), "escalation_policies": i.policy.object(a),
		"teams": []obj{i.policy.team.object()},
	}
	if i.body != "" {
		whole["body"] = obj{"type": "incident_body", "details": i.body}
	}
	for name, key := range map[string]string{
		"body": "body", "custom_fields": "custom_fields", "services": "service", "escalation_policies": "escalation_policy", "teams": "teams",
	} {
		if slices.Contains(include, name) {
			o[key] = whole[name]
		}
	}
	if !slices.Contains(a.abilities, "coordinated_responding") {
		delete(o, "incidents_responders")
		delete(o, "responder_requests")
	}
	return o
}

// object is the whole incident, nulls and all, with times by the clock of a zone.
func (i *incident) object(in *time.Location) obj {
	stamp := func(t time.Time) any { return stampIn(t, in) }
	alerts, over := i.counts()
	via := "escalation_policy"
	if i.direct {
		via = "direct_assignment"
	}
	o := i.ref()
	for name, value := range map[string]any{
		"type": "incident", "incident_number": i.number, "title": i.title, "created_at": stamp(i.created), "updated_at": stamp(i.changed),
		"status": i.status, "incident_key": i.key, "service": i.service.ref(), "assigned_via": via,
		"last_status_change_at": stamp(i.changed), "resolved_at": stamp(i.resolved),
		"first_trigger_log_entry": obj{
			"id": i.firstLogID(), "type": "trigger_log_entry_reference", "summary": "Triggered through the API.",
			"self": apiURL + "/log_entries/" + i.firstLogID(), "html_url": nil,
		},
		"alert_counts":  obj{"all": alerts, "triggered": alerts - over, "resolved": over},
		"is_mergeable":  i.mergeable(),
		"incident_type": obj{"name": cmp.Or(i.kind, baseType)}, "escalation_policy": i.policy.ref(), "teams": []obj{i.policy.team.ref()},
		"alert_grouping": nil, "last_status_change_by": i.changedBy.ref(), "priority": nil, "resolve_reason": nil, "conference_bridge": nil,
		"incidents_responders": rest.Render(i.asked(), func(r responder) obj { return r.object(i) }), "responder_requests": i.requests(),
		"urgency": i.urgency,
		"assignments": rest.Render(i.assignees, func(h held) obj {
			return obj{"at": stamp(h.at), "assignee": h.user.ref()}
		}),
		"acknowledgements": rest.Render(i.acknowledgers, func(h held) obj {
			return obj{"at": stamp(h.at), "acknowledger": h.user.ref()}
		}),
		"pending_actions": rest.Render(i.pending(), func(next action) obj {
			o := obj{"type": next.kind, "at": stamp(next.at)}
			if next.kind == "urgency_change" {
				o["to"] = "high"
			}
			return o
		}),
	} {
		o[name] = value
	}
	if i.priority != nil {
		o["priority"] = i.priority.object()
	}
	if i.bridge != "" {
		o["conference_bridge"] = obj{"conference_number": "+1-555-0100,,4711#", "conference_url": i.bridge}
	}
	if i.mergedInto != nil {
		o["resolve_reason"] = obj{"type": "merge_resolve_reason", "incident": i.mergedInto.ref()}
	}
	return o
}

// Incidents counts the incidents with a title.
func (s *Server) Incidents(title string) int {
	n := 0
	s.Do(func() { n = len(s.open().incidents.Where(func(i *incident) bool { return i.title == title })) })
	return n
}

// Notes counts the notes with a text.
func (s *Server) Notes(text string) int {
	n := 0
	s.Do(func() {
		for _, i := range s.open().incidents.All() {
			for _, written := range i.notes {
				if written.content == text {
					n++
				}
			}
		}
	})
	return n
}
