package tool

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

const (
	// lookupsAtOnce is how many look-ups of a call run side by side.
	lookupsAtOnce = 4
	// maxSearched is how many objects a name is sought among, where PagerDuty
	// searches by text. Where it doesn't, it is all that a list can have.
	maxSearched = 1000
	// maxCandidates is how many objects an error offers to choose from.
	maxCandidates = 10
	// fewObjects is how many objects of a kind an error names though none of them is
	// like what was written.
	fewObjects = 6
)

// idTime is how long a change waits for PagerDuty to say whether it knows an id. A page
// must not wait long: what looks like an id is one unless PagerDuty says that it is none.
const idTime = 8 * time.Second

// manyIDs is from how many unknown ids of a kind on one list of all objects is
// asked for instead of each object.
const manyIDs = 10

// understood says what a text was taken for, where that is worth saying.
type understood struct {
	Said    string `json:"said"`
	ID      string `json:"id"`
	Summary string `json:"summary"`
}

// resolver turns references into ids, for one call.
type resolver struct {
	pd    pdapi.Reader
	names *nameCache
	// writes is set for tools that change something: they need a whole name that
	// only one object has, looked up anew, and say what they took it for.
	writes bool
	// parts is set for those of them that neither page nor delete: the beginning of a
	// word of the name will do, where of all objects there are only one has it.
	parts      bool
	all        wholeLists
	understood []understood
	named      map[string]string // the names of the objects by id, as far as known
}

// finding is what a reference was found to mean: an object, a problem for the
// caller to mend, or the failure of the look-up.
type finding struct {
	kind.Candidate
	worthSaying bool // what was written is not the object's id or name
	problem     string
	err         error
}

func problem(format string, args ...any) finding {
	return finding{problem: fmt.Sprintf(format, args...)}
}

// byID asks PagerDuty whether it knows an id. It fails with [pdapi.ErrNotFound] if
// not.
func (r *resolver) byID(ctx context.Context, k *kind.Kind, id string) finding {
	if r.names.hasID(k, id) {
		return finding{Candidate: kind.Candidate{ID: id}}
	}
	if k.ByID == nil { // few enough to be listed
		found, whole, err := r.search(ctx, k, "", pdapi.MaxPageSize, r.writes)
		if err != nil {
			return finding{err: err}
		}
		if i := slices.IndexFunc(found, func(c kind.Candidate) bool { return c.ID == id }); i >= 0 {
			return finding{Candidate: found[i]}
		}
		if whole {
			return finding{err: pdapi.ErrNotFound}
		}
		return finding{Candidate: kind.Candidate{ID: id}}
	}
	if r.writes {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, idTime)
		defer cancel()
	}
	found, err := k.ByID(ctx, r.pd, id)
	if err != nil {
		return finding{err: err}
	}
	r.names.keepID(k, id, found.Name)
	found.ID = id
	return finding{Candidate: found}
}

// search lists objects whose name contains text; unless fresh, it may list what was
// found before.
func (r *resolver) search(ctx context.Context, k *kind.Kind, text string, limit int, fresh bool) ([]kind.Candidate, bool, error) {
	switch {
	case !k.Searches && limit == maxSearched:
		text, limit = "", pdapi.MaxDepth
	case !k.Searches:
		text = ""
	}
	if known, ok := r.names.search(k, text, time.Now()); ok && !fresh && (known.whole || len(known.found) >= limit) {
		return known.found, known.whole, nil
	}
	epoch := r.names.now()
	found, whole, err := k.Search(ctx, r.pd, text, limit)
	if err != nil {
		return nil, false, err
	}
	for i, c := range found { // names that somebody made endless cost no memory
		found[i].Name, found[i].About = wording.Shorten(c.Name, wording.MaxName), wording.Shorten(c.About, wording.MaxName)
	}
	r.names.keep(epoch, k, text, foundBefore{found, whole, time.Now()})
	return found, whole, nil
}

// wholeLists list all objects of a kind, once in a call. Its zero value is ready to use.
type wholeLists struct {
	mu    sync.Mutex
	kinds map[*kind.Kind]foundBefore
}

func (l *wholeLists) of(ctx context.Context, r *resolver, k *kind.Kind) ([]kind.Candidate, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if all, ok := l.kinds[k]; ok {
		return all.found, all.whole, nil
	}
	found, whole, err := r.search(ctx, k, "", maxSearched, true)
	if err != nil {
		return nil, false, err
	}
	if l.kinds == nil {
		l.kinds = map[*kind.Kind]foundBefore{}
	}
	l.kinds[k] = foundBefore{found: found, whole: whole}
	return found, whole, nil
}

func matching(found []kind.Candidate, fits func(kind.Candidate) bool) []kind.Candidate {
	var out []kind.Candidate
	for _, c := range found {
		if fits(c) {
			out = append(out, c)
		}
	}
	return out
}

func ambiguous(ref kind.Reference, matches []kind.Candidate, whole bool) finding {
	rest := ""
	if len(matches) > maxCandidates || !whole {
		rest = ", and more"
	}
	return problem("%s may mean several: %s%s. Give one of these ids, or more of the name", wording.Quote(ref.Text), listed(matches[:min(len(matches), maxCandidates)]), rest)
}

func listed(candidates []kind.Candidate) string {
	var list []string
	for _, c := range candidates {
		list = append(list, c.String())
	}
	return strings.Join(list, ", ")
}
