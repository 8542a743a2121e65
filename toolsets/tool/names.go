package tool

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/input"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// maxLookups is how many names and unknown ids one call may have looked up.
const maxLookups = 100

// resolve looks up what references mean before a tool runs. It names all that
// can't be resolved at once, in an [*ArgumentError].
func (r *resolver) resolve(ctx context.Context, refs []kind.Reference) error {
	asked := unique(refs)
	if err := r.learnIDs(ctx, asked); err != nil {
		return err
	}
	asked = slices.DeleteFunc(asked, r.isKnown)
	if len(asked) > maxLookups {
		return input.Wrong("%s: names %d objects that must be looked up; at most %d are allowed in one call. Make several calls, or give ids that a list tool returned", asked[0].At, len(asked), maxLookups)
	}
	results, err := SideBySide(ctx, lookupsAtOnce, asked, func(ctx context.Context, ref kind.Reference) (finding, error) {
		found := r.find(ctx, ref)
		if found.err != nil {
			return found, fmt.Errorf("looking for %s %s: %w", ref.Kind.Word, wording.Quote(ref.Text), found.err)
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
			problems = append(problems, ref.At+": "+got.problem)
		case got.worthSaying:
			r.understood = append(r.understood, understood{ref.Text, got.ID, wording.Shorten(got.Name, maxSaidName)})
		}
		r.named[got.ID] = wording.Shorten(got.Name, maxSaidName)
		for _, same := range refs {
			if same.Kind == ref.Kind && same.Text == ref.Text {
				same.Target.SetString(got.ID)
			}
		}
	}
	if problems != nil {
		return &input.ArgumentError{Problems: problems}
	}
	return nil
}

// isKnown reports whether a reference is an id that PagerDuty is known to know.
func (r *resolver) isKnown(ref kind.Reference) bool {
	id, _ := kind.AsID(ref.Text)
	return ref.LooksLikeID && r.names.hasID(ref.Kind, id)
}

// learnIDs lists the objects of a kind of which many ids are to be looked up.
func (r *resolver) learnIDs(ctx context.Context, refs []kind.Reference) error {
	unknown := map[*kind.Kind]int{}
	for _, ref := range refs {
		if ref.LooksLikeID && ref.Kind.ByID != nil && !r.isKnown(ref) {
			unknown[ref.Kind]++
		}
	}
	for k, n := range unknown {
		if n <= manyIDs {
			continue
		}
		found, _, err := r.search(ctx, k, "", maxSearched, r.writes)
		if err != nil {
			return fmt.Errorf("looking for %d ids of the kind %s: %w", n, k.Word, err)
		}
		for _, c := range found {
			r.names.keepID(k, c.ID, c.Name)
		}
	}
	return nil
}

// unique are references without those that say the same.
func unique(refs []kind.Reference) []kind.Reference {
	seen := map[searchKey]bool{}
	var out []kind.Reference
	for _, ref := range refs {
		key := searchKey{ref.Kind, ref.Text}
		if !seen[key] {
			seen[key] = true
			out = append(out, ref)
		}
	}
	return out
}

// find returns what a reference means.
func (r *resolver) find(ctx context.Context, ref kind.Reference) finding {
	if ref.Kind.People && strings.EqualFold(ref.Text, "me") {
		me, err := r.pd.Me(ctx)
		return finding{Candidate: kind.UserCandidate(me), worthSaying: r.writes, err: err}
	}
	if ref.LooksLikeID {
		id, _ := kind.AsID(ref.Text)
		switch got := r.byID(ctx, ref.Kind, id); {
		case got.err == nil:
			return got
		case ctx.Err() != nil:
			return got
		case !errors.Is(got.err, pdapi.ErrNotFound):
			// Whether there is such an object PagerDuty doesn't say, to this key
			// or just now. It is an id unless PagerDuty says that it is none.
			return finding{Candidate: kind.Candidate{ID: id}}
		}
	}
	return r.byName(ctx, ref)
}

// byName returns the object that a name, or an e-mail address, means.
func (r *resolver) byName(ctx context.Context, ref kind.Reference) finding {
	if ref.Kind.People && strings.Contains(ref.Text, "@") {
		return r.byEmail(ctx, ref)
	}
	wanted := wording.NameKey(ref.Text)
	isNamed := func(c kind.Candidate) bool { return wording.NameKey(c.Name) == wanted }
	text := ref.Text
	if r.writes {
		text = wording.SearchText(ref.Text)
	}
	found, whole, err := r.search(ctx, ref.Kind, text, pdapi.MaxPageSize, r.writes)
	if err != nil {
		return finding{err: err}
	}
	// Most names are on the first page. For a change all objects count that look as
	// the name does, and they may be on any.
	switch {
	case whole || !r.writes && slices.ContainsFunc(found, isNamed):
	case r.writes || ref.Kind.Named == nil:
		if found, whole, err = r.search(ctx, ref.Kind, text, maxSearched, r.writes); err != nil {
			return finding{err: err}
		}
	default:
		named, all, err := ref.Kind.Named(ctx, r.pd, ref.Text)
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
		return problem("more than %d objects have %s in their name, so that it is not sure which one is meant; give the id. Is it %s?", maxSearched, wording.Quote(ref.Text), matches[0])
	case len(matches) == 1:
		return finding{Candidate: matches[0], worthSaying: r.writes || ref.LooksLikeID}
	}
	if got, ok := r.byWord(ctx, ref, found, whole); ok {
		return got
	}
	if got, ok := r.byPart(ref, found, whole); ok {
		return got
	}
	return r.byLikeness(ctx, ref)
}

// byEmail returns the user who has an e-mail address. A display name never counts:
// anybody may call herself ceo@corp.example.
func (r *resolver) byEmail(ctx context.Context, ref kind.Reference) finding {
	found, whole, err := r.search(ctx, ref.Kind, ref.Text, maxSearched, r.writes)
	if err != nil {
		return finding{err: err}
	}
	wanted := wording.NameKey(ref.Text)
	matches := matching(found, func(c kind.Candidate) bool { return wording.NameKey(c.Email) == wanted })
	switch {
	case len(matches) == 1:
		return finding{Candidate: matches[0], worthSaying: r.writes}
	case len(matches) > 1:
		return ambiguous(ref, matches, whole)
	}
	if got, ok := r.choose(ref, matching(found, func(c kind.Candidate) bool { return strings.Contains(wording.NameKey(c.Email), wanted) }), whole); ok {
		return got
	}
	return problem("no user has the e-mail address %s; %s", wording.Quote(ref.Text), ref.Kind.Forms())
}

// byPart returns the object of those found whose name a part of it means, if there
// is one, or a question.
func (r *resolver) byPart(ref kind.Reference, found []kind.Candidate, whole bool) (finding, bool) {
	wanted := wording.LooseKey(ref.Text)
	for _, fits := range []func(name string) bool{
		func(name string) bool { return name == wanted },
		func(name string) bool { return strings.HasPrefix(name, wanted) },
		func(name string) bool { return strings.Contains(name, wanted) },
	} {
		matches := matching(found, func(c kind.Candidate) bool { return fits(wording.LooseKey(c.Name)) })
		if got, ok := r.choose(ref, matches, whole); ok {
			return got, true
		}
	}
	return finding{}, false
}

// choose takes the only one of matches, where a part of the name will do, or asks
// which is meant. It reports false if there are none.
func (r *resolver) choose(ref kind.Reference, matches []kind.Candidate, whole bool) (finding, bool) {
	switch {
	case len(matches) == 0:
		return finding{}, false
	case len(matches) > 1 || !whole:
		return ambiguous(ref, matches, whole), true
	case r.writes && wording.SameName(matches[0].Name, ref.Text):
		// PagerDuty, which searches byte by byte, missed it for a character that nobody
		// sees. The name is whole as it is shown.
		return finding{Candidate: matches[0], worthSaying: true}, true
	case r.writes:
		return problem("no %s is named exactly %s, and this change needs the whole name or the id. Is it %s?", ref.Kind.Word, wording.Quote(ref.Text), matches[0]), true
	}
	return finding{Candidate: matches[0], worthSaying: true}, true
}

// byLikeness looks for objects that a search for the whole text does not find: with
// other accents, or with a slip in the rest of the name.
func (r *resolver) byLikeness(ctx context.Context, ref kind.Reference) finding {
	if id, ok := kind.AsID(ref.Text); ok && ref.LooksLikeID {
		if is := r.whatItIs(ctx, ref.Kind, id); is != "" {
			return problem("%s", is)
		}
	}
	var near, few []kind.Candidate
	for _, text := range []string{plainStart(ref.Text), ""} {
		found, whole, err := r.search(ctx, ref.Kind, text, pdapi.MaxPageSize, false)
		if err != nil {
			return finding{err: err}
		}
		if got, ok := r.byPart(ref, found, whole); ok {
			return got
		}
		if near = nearest(ctx, ref.Text, found, 3); near != nil {
			break
		}
		if whole && len(found) <= fewObjects && (text == "" || !ref.Kind.Searches) {
			few = found // all there are
		}
		if !ref.Kind.Searches {
			break // that was all there is
		}
	}
	if err := ctx.Err(); err != nil {
		return finding{err: err}
	}
	what := "there is no " + ref.Kind.Word + " " + wording.Quote(ref.Text)
	if ref.LooksLikeID {
		what += ", neither by id nor by name"
	}
	if strings.Contains(ref.Text, ",") {
		what += ", which is taken for one name; give several as a list of strings"
	}
	switch {
	case near == nil && few != nil:
		return problem("%s; there are: %s", what, listed(few))
	case near == nil:
		return problem("%s; %s", what, ref.Kind.Forms())
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
