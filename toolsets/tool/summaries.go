package tool

import (
	"context"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
)

// Summaries returns references to objects of which PagerDuty told the ids alone, each
// once, with the objects' names as far as they can be found out: that they can't is no
// reason for an answer to fail. The names take a request for each object, or for more
// than a few of them the list of all there are.
func Summaries[ID interface {
	~string
	kind.Identifier
}](ctx context.Context, pd pdapi.Reader, ids []ID) []Ref {
	var refs []Ref
	seen := map[ID]bool{}
	for _, id := range ids {
		if id != "" && !seen[id] {
			seen[id] = true
			refs = append(refs, Ref{ID: string(id)})
		}
	}
	if len(refs) == 0 {
		return nil
	}
	k := ids[0].Kind()
	if len(refs) <= manyIDs && k.ByID != nil {
		found, err := SideBySide(ctx, lookupsAtOnce, refs, func(ctx context.Context, ref Ref) (kind.Candidate, error) {
			found, err := k.ByID(ctx, pd, ref.ID)
			if ctx.Err() == nil && err != nil {
				return kind.Candidate{}, nil //nolint:nilerr // the note says so
			}
			return found, err
		})
		if err != nil { // there is no time for names
			return refs
		}
		for i := range found {
			refs[i].Summary = found[i].Name
		}
		return refs
	}
	found, _, _ := k.Search(ctx, pd, "", maxSearched)
	for _, c := range found {
		for i := range refs {
			if refs[i].ID == c.ID {
				refs[i].Summary = c.Name
			}
		}
	}
	return refs
}
