package tool

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// blameTime is how long an error may take to be explained.
const blameTime = 4 * time.Second

// ask asks PagerDuty for the object of a kind that has an id. It fails with
// [pdapi.ErrNotFound] if there is none.
func (r *resolver) ask(ctx context.Context, k *kind.Kind, id string) (kind.Candidate, error) {
	if k.ByID != nil {
		return k.ByID(ctx, r.pd, id)
	}
	found := r.byID(ctx, k, id)
	return found.Candidate, found.err
}

// whatItIs says what an id is the id of that none of a kind has; "" if that isn't known.
// Where the session doesn't know it PagerDuty is asked, kind by kind.
func (r *resolver) whatItIs(ctx context.Context, wanted *kind.Kind, id string) string {
	wants := func(is string) string {
		return fmt.Sprintf("%s is %s; this wants %s: %s", wording.Quote(id), is, wanted.Article(), wanted.Forms())
	}
	if known := r.names.known(id); known.kind != nil && known.kind != wanted {
		return wants(objectNamed(known.kind, known.name))
	}
	if !kind.LooksLikeID(id) {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, blameTime)
	defer cancel()
	for some := range slices.Chunk(kindsOf(id, wanted), lookupsAtOnce) {
		found, err := SideBySide(ctx, lookupsAtOnce, some, func(ctx context.Context, k *kind.Kind) (*kind.Candidate, error) {
			found, err := r.ask(ctx, k, id)
			if err != nil {
				return nil, ctx.Err()
			}
			return &found, nil
		})
		if err != nil {
			return ""
		}
		for i, k := range some {
			if found[i] == nil {
				continue
			}
			r.names.keepID(k, id, found[i].Name)
			return wants(objectNamed(k, found[i].Name))
		}
	}
	return ""
}

// objectNamed is an object as a sentence has it.
func objectNamed(k *kind.Kind, name string) string {
	if name == "" {
		return "the id of " + k.Article()
	}
	return "the " + k.Word + " " + wording.Quote(name)
}

// kindsOf are the kinds of objects that may have an id, by its form, the most likely
// first and without the one that was wanted.
func kindsOf(id string, wanted *kind.Kind) []*kind.Kind {
	kinds := []*kind.Kind{&kind.Service, &kind.User, &kind.EscalationPolicy, &kind.Schedule, &kind.Team, &kind.Incident, &kind.Priority}
	switch len(id) {
	case 36:
		kinds = []*kind.Kind{&kind.Orchestration, &kind.GroupingSetting}
	case 26:
		kinds = []*kind.Kind{&kind.GroupingSetting, &kind.Incident, &kind.Service, &kind.User}
	case 14:
		kinds = []*kind.Kind{&kind.Incident, &kind.Service, &kind.User, &kind.EscalationPolicy}
	}
	return slices.DeleteFunc(kinds, func(k *kind.Kind) bool { return k == wanted })
}
