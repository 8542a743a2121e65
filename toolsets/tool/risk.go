package tool

import (
	"fmt"
	"slices"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/input"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
)

// Up to how many incidents a call may change, and people or escalation policies it may
// page, before a person should be asked.
const (
	manyIncidents = 5
	manyPaged     = 5
)

// risky is implemented by inputs of calls that may do more harm than their tool's access
// and the number of their objects tell: what they can't undo, or who gets to see it. The
// result is "" for a call that is harmless.
type risky interface{ Risk() string }

// Risk says why a person should see the call before it is carried out; it is "" if there
// is no reason.
func (p *Prepared) Risk() string {
	access := p.tool.access
	if access.ReadOnly() {
		return ""
	}
	if r, ok := p.in.Interface().(risky); ok {
		if why := r.Risk(); why != "" {
			return why
		}
	}
	if access == deletes {
		return "this can't be undone"
	}
	incidents, paged := map[string]bool{}, map[string]bool{}
	for _, f := range p.tool.input().Fields {
		pages := p.pages(f)
		p.eachObjectOf(f, func(id kind.Identifier, text string) {
			switch id.(type) {
			case IncidentID:
				incidents[text] = true
			case UserID, EscalationPolicyID:
				if pages {
					paged[text] = true
				}
			}
		})
	}
	switch {
	case len(incidents) > manyIncidents:
		return fmt.Sprintf("it is about %d incidents at once", len(incidents))
	case len(paged) > manyPaged:
		return fmt.Sprintf("it pages %d people or policies, or decides that they are paged", len(paged))
	}
	return ""
}

// Pages reports whether the call pages people, or decides who is paged.
func (p *Prepared) Pages() bool {
	return p.tool.access == notifies && len(p.tool.pages()) == 0 || slices.ContainsFunc(p.tool.input().Fields, p.pages)
}

// pages reports whether an argument of the call pages people, or decides who is paged.
func (p *Prepared) pages(f input.Field) bool {
	value, tagged := p.tool.pages()[f.Name]
	return tagged && slices.Contains(p.given, f.Name) && (value == "" || value == textOf(p.in.FieldByIndex(f.Index)))
}
