package tool

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

const (
	// maxLookups is how many names and unknown ids one call may have looked up.
	maxLookups = 100
	// lookupsAtOnce is how many look-ups of a call run side by side.
	lookupsAtOnce = 4
	// maxSearched is how many objects a name is sought among, where PagerDuty
	// searches by text. Where it doesn't, it is all that a list can have.
	maxSearched = 1000
	// maxCandidates is how many objects an error offers to choose from.
	maxCandidates = 10
)

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
	writes     bool
	understood []understood
	named      map[string]string // the names of the objects by id, as far as known
}

// resolve looks up what references mean before a tool runs. It names all that
// can't be resolved at once, in an [*ArgumentError].
func (r *resolver) resolve(ctx context.Context, refs []reference) error {
	asked := unique(refs)
	if err := r.learnIDs(ctx, asked); err != nil {
		return err
	}
	asked = slices.DeleteFunc(asked, r.isKnown)
	if len(asked) > maxLookups {
		return Wrong("%s: names %d objects that must be looked up; at most %d are allowed in one call. Make several calls, or give ids that a list tool returned", asked[0].at, len(asked), maxLookups)
	}
	results, err := SideBySide(ctx, lookupsAtOnce, asked, func(ctx context.Context, ref reference) (finding, error) {
		found := r.find(ctx, ref)
		if found.err != nil {
			return found, fmt.Errorf("looking for %s %s: %w", ref.kind.word, quote(ref.text), found.err)
		}
		return found, nil
	})
	if err != nil {
		return err
	}
	var problems []string
	r.named = map[string]string{}
	for i, ref := range asked {
		got := results[i]
		switch {
		case got.problem != "":
			problems = append(problems, ref.at+": "+got.problem)
		case got.worthSaying:
			r.understood = append(r.understood, understood{ref.text, got.id, Shorten(got.name, 80)})
		}
		r.named[got.id] = Shorten(got.name, 80)
		for _, same := range refs {
			if same.kind == ref.kind && same.text == ref.text {
				same.target.SetString(got.id)
			}
		}
	}
	if problems != nil {
		return &ArgumentError{Problems: problems}
	}
	return nil
}

// isKnown reports whether a reference is an id that PagerDuty is known to know.
func (r *resolver) isKnown(ref reference) bool {
	id, _ := asID(ref.text)
	return ref.looksLikeID && r.names.hasID(ref.kind, id)
}

// manyIDs is from how many unknown ids of a kind on one list of all objects is
// asked for instead of each object.
const manyIDs = 10

// learnIDs lists the objects of a kind of which many ids are to be looked up.
func (r *resolver) learnIDs(ctx context.Context, refs []reference) error {
	unknown := map[*kind]int{}
	for _, ref := range refs {
		if ref.looksLikeID && ref.kind.byID != nil && !r.isKnown(ref) {
			unknown[ref.kind]++
		}
	}
	for k, n := range unknown {
		if n <= manyIDs {
			continue
		}
		found, _, err := r.search(ctx, k, "", maxSearched, r.writes)
		if err != nil {
			return fmt.Errorf("looking for %d ids of the kind %s: %w", n, k.word, err)
		}
		for _, c := range found {
			r.names.keepID(k, c.id)
		}
	}
	return nil
}

// unique are references without those that say the same.
func unique(refs []reference) []reference {
	seen := map[searchKey]bool{}
	var out []reference
	for _, ref := range refs {
		key := searchKey{ref.kind, ref.text}
		if !seen[key] {
			seen[key] = true
			out = append(out, ref)
		}
	}
	return out
}

// finding is what a reference was found to mean: an object, a problem for the
// caller to mend, or the failure of the look-up.
type finding struct {
	candidate
	worthSaying bool // what was written is not the object's id or name
	problem     string
	err         error
}

func problem(format string, args ...any) finding {
	return finding{problem: fmt.Sprintf(format, args...)}
}

// find returns what a reference means.
func (r *resolver) find(ctx context.Context, ref reference) finding {
	if ref.kind.people && strings.EqualFold(ref.text, "me") {
		me, err := r.pd.Me(ctx)
		return finding{candidate: userCandidate(me), worthSaying: r.writes, err: err}
	}
	if ref.looksLikeID {
		id, _ := asID(ref.text)
		switch got := r.byID(ctx, ref.kind, id); {
		case got.err == nil:
			return got
		case ctx.Err() != nil:
			return got
		case !errors.Is(got.err, pdapi.ErrNotFound):
			// Whether there is such an object PagerDuty doesn't say, to this key
			// or just now. It is an id unless PagerDuty says that it is none.
			return finding{candidate: candidate{id: id}}
		}
	}
	return r.byName(ctx, ref)
}

// byID asks PagerDuty whether it knows an id. It fails with [pdapi.ErrNotFound] if
// not.
func (r *resolver) byID(ctx context.Context, k *kind, id string) finding {
	if r.names.hasID(k, id) {
		return finding{candidate: candidate{id: id}}
	}
	if k.byID == nil { // few enough to be listed
		found, whole, err := r.search(ctx, k, "", pdapi.MaxPageSize, r.writes)
		if err != nil {
			return finding{err: err}
		}
		if i := slices.IndexFunc(found, func(c candidate) bool { return c.id == id }); i >= 0 {
			return finding{candidate: found[i]}
		}
		if whole {
			return finding{err: pdapi.ErrNotFound}
		}
		return finding{candidate: candidate{id: id}}
	}
	found, err := k.byID(ctx, r.pd, id)
	if err != nil {
		return finding{err: err}
	}
	r.names.keepID(k, id)
	found.id = id
	return finding{candidate: found}
}

// search lists objects whose name contains text; unless fresh, it may list what was
// found before.
func (r *resolver) search(ctx context.Context, k *kind, text string, limit int, fresh bool) ([]candidate, bool, error) {
	switch {
	case !k.searches && limit == maxSearched:
		text, limit = "", pdapi.MaxDepth
	case !k.searches:
		text = ""
	}
	if known, ok := r.names.search(k, text, time.Now()); ok && !fresh && (known.whole || len(known.found) >= limit) {
		return known.found, known.whole, nil
	}
	epoch := r.names.now()
	found, whole, err := k.search(ctx, r.pd, text, limit)
	if err != nil {
		return nil, false, err
	}
	for i, c := range found { // names that somebody made endless cost no memory
		found[i].name, found[i].about = Shorten(c.name, maxName), Shorten(c.about, maxName)
	}
	r.names.keep(epoch, k, text, foundBefore{found, whole, time.Now()})
	return found, whole, nil
}

// byName returns the object that a name, or an e-mail address, means.
func (r *resolver) byName(ctx context.Context, ref reference) finding {
	if ref.kind.people && strings.Contains(ref.text, "@") {
		return r.byEmail(ctx, ref)
	}
	wanted := nameKey(ref.text)
	isNamed := func(c candidate) bool { return nameKey(c.name) == wanted }
	text := ref.text
	if r.writes {
		text = searchText(ref.text)
	}
	found, whole, err := r.search(ctx, ref.kind, text, pdapi.MaxPageSize, r.writes)
	if err != nil {
		return finding{err: err}
	}
	// Most names are on the first page. For a change all objects count that look as
	// the name does, and they may be on any.
	switch {
	case whole || !r.writes && slices.ContainsFunc(found, isNamed):
	case r.writes || ref.kind.named == nil:
		if found, whole, err = r.search(ctx, ref.kind, text, maxSearched, r.writes); err != nil {
			return finding{err: err}
		}
	default:
		named, all, err := ref.kind.named(ctx, r.pd, ref.text)
		if err != nil {
			return finding{err: err}
		}
		if matches := matching(named, isNamed); len(matches) > 0 {
			found, whole = matches, all
		}
	}
	switch matches := matching(found, isNamed); {
	case len(matches) > 1:
		return ambiguous(ref, matches, whole)
	case len(matches) == 1 && !whole && r.writes:
		return problem("more than %d objects have %s in their name, so that it is not sure which one is meant; give the id. Is it %s?", maxSearched, quote(ref.text), matches[0])
	case len(matches) == 1:
		return finding{candidate: matches[0], worthSaying: r.writes || ref.looksLikeID}
	}
	if got, ok := r.byPart(ref, found, whole); ok {
		return got
	}
	return r.byLikeness(ctx, ref)
}

// byEmail returns the user who has an e-mail address. A display name never counts:
// anybody may call herself ceo@corp.example.
func (r *resolver) byEmail(ctx context.Context, ref reference) finding {
	found, whole, err := r.search(ctx, ref.kind, ref.text, maxSearched, r.writes)
	if err != nil {
		return finding{err: err}
	}
	wanted := nameKey(ref.text)
	matches := matching(found, func(c candidate) bool { return nameKey(c.email) == wanted })
	switch {
	case len(matches) == 1:
		return finding{candidate: matches[0], worthSaying: r.writes}
	case len(matches) > 1:
		return ambiguous(ref, matches, whole)
	}
	if got, ok := r.choose(ref, matching(found, func(c candidate) bool { return strings.Contains(nameKey(c.email), wanted) }), whole); ok {
		return got
	}
	return problem("no user has the e-mail address %s; %s", quote(ref.text), ref.kind.forms())
}

// byPart returns the object of those found whose name a part of it means, if there
// is one, or a question.
func (r *resolver) byPart(ref reference, found []candidate, whole bool) (finding, bool) {
	wanted := looseKey(ref.text)
	for _, fits := range []func(name string) bool{
		func(name string) bool { return name == wanted },
		func(name string) bool { return strings.HasPrefix(name, wanted) },
		func(name string) bool { return strings.Contains(name, wanted) },
	} {
		matches := matching(found, func(c candidate) bool { return fits(looseKey(c.name)) })
		if got, ok := r.choose(ref, matches, whole); ok {
			return got, true
		}
	}
	return finding{}, false
}

// choose takes the only one of matches, where a part of the name will do, or asks
// which is meant. It reports false if there are none.
func (r *resolver) choose(ref reference, matches []candidate, whole bool) (finding, bool) {
	switch {
	case len(matches) == 0:
		return finding{}, false
	case len(matches) > 1 || !whole:
		return ambiguous(ref, matches, whole), true
	case r.writes:
		return problem("no %s is named exactly %s; changes need the whole name or the id. Is it %s?", ref.kind.word, quote(ref.text), matches[0]), true
	}
	return finding{candidate: matches[0], worthSaying: true}, true
}

// byLikeness looks for objects that a search for the whole text does not find: with
// other accents, or with a slip in the rest of the name.
func (r *resolver) byLikeness(ctx context.Context, ref reference) finding {
	var near []candidate
	for _, text := range []string{plainStart(ref.text), ""} {
		found, whole, err := r.search(ctx, ref.kind, text, pdapi.MaxPageSize, false)
		if err != nil {
			return finding{err: err}
		}
		if got, ok := r.byPart(ref, found, whole); ok {
			return got
		}
		if near = nearest(ctx, ref.text, found, 3); near != nil {
			break
		}
		if !ref.kind.searches {
			break // that was all there is
		}
	}
	if err := ctx.Err(); err != nil {
		return finding{err: err}
	}
	what := "there is no " + ref.kind.word + " " + quote(ref.text)
	if ref.looksLikeID {
		what += ", neither by id nor by name"
	}
	if strings.Contains(ref.text, ",") {
		what += ", which is taken for one name; give several as a list of strings"
	}
	if near == nil {
		return problem("%s; %s", what, ref.kind.forms())
	}
	return problem("%s; the nearest: %s", what, listed(near))
}

// plainStart are up to three letters of a text in a row, at its beginning if it can
// be, that are written the same with and without accents.
func plainStart(text string) string {
	isPlain := func(r rune) bool { return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' }
	run := ""
	for _, r := range text {
		switch {
		case isPlain(r):
			if run += string(r); len(run) == 3 {
				return run
			}
		case len(run) >= 2:
			return run
		default:
			run = ""
		}
	}
	return run
}

func matching(found []candidate, fits func(candidate) bool) []candidate {
	var out []candidate
	for _, c := range found {
		if fits(c) {
			out = append(out, c)
		}
	}
	return out
}

func ambiguous(ref reference, matches []candidate, whole bool) finding {
	rest := ""
	if len(matches) > maxCandidates || !whole {
		rest = ", and more"
	}
	return problem("%s may mean several: %s%s. Give one of these ids, or more of the name", quote(ref.text), listed(matches[:min(len(matches), maxCandidates)]), rest)
}

func listed(candidates []candidate) string {
	var list []string
	for _, c := range candidates {
		list = append(list, c.String())
	}
	return strings.Join(list, ", ")
}
