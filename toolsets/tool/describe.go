package tool

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// maxDescribed is of how many objects a sentence has the names as they are now.
const maxDescribed = 25

// teller is implemented by inputs of calls that are about something that has no name, such
// as an override. Tell says what it is like now, in a sentence; "" if that can't be read.
type teller interface {
	Tell(ctx context.Context, call Reading) string
}

// Describe is [Prepared.Sentence] with the names of its objects, and the titles and states
// of its incidents, as they are now: PagerDuty is asked for them. What can't be read stays
// as it was given.
func (p *Prepared) Describe(ctx context.Context) string {
	var ids []kind.Identifier
	p.eachObject(func(id kind.Identifier, _ string) {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	})
	ids = ids[:min(len(ids), maxDescribed)]
	if t, ok := p.in.Interface().(teller); ok {
		p.told = t.Tell(ctx, Reading{p.call, p.session.Client.Reader})
	}
	found, err := SideBySide(ctx, 4, ids, func(ctx context.Context, id kind.Identifier) (string, error) { return p.nameNow(ctx, id), nil })
	if err != nil {
		return p.Sentence()
	}
	p.described = map[string]string{}
	for i, said := range found {
		if said != "" {
			p.described[textOf(reflect.ValueOf(ids[i]))] = said
		}
	}
	return p.Sentence()
}

// State is what [Prepared.Describe] found out last of the call's objects, also of those that
// are too many for the sentence: the same as long as they are.
func (p *Prepared) State() string {
	var all []string
	for _, id := range slices.Sorted(maps.Keys(p.described)) {
		all = append(all, id+" "+p.described[id])
	}
	return strings.Join(append(all, p.told), "\n")
}

// nameNow asks PagerDuty what an object is called; "" if it doesn't say.
func (p *Prepared) nameNow(ctx context.Context, object kind.Identifier) string {
	id, pd := textOf(reflect.ValueOf(object)), p.session.Client.Reader
	if _, ok := object.(IncidentID); ok {
		i, err := pd.Incident(ctx, id)
		if err != nil {
			return ""
		}
		return fmt.Sprintf("%s (#%d, %s%s)", wording.Quote(i.Title), i.Number, i.Status, assignedTo(i))
	}
	if object.Kind().ByID == nil {
		return ""
	}
	found, err := object.Kind().ByID(ctx, pd, id)
	if err != nil || found.Name == "" {
		return ""
	}
	return wording.Quote(found.Name) + " (" + id + ")"
}

// assignedTo says who has an incident.
func assignedTo(i pdapi.Incident) string {
	const most = 3
	if len(i.Assignments) == 0 {
		return ""
	}
	var names []string
	for _, a := range i.Assignments[:min(len(i.Assignments), most)] {
		names = append(names, wording.Quote(a.Assignee.Summary))
	}
	if more := len(i.Assignments) - most; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return ", assigned to " + strings.Join(names, ", ")
}
