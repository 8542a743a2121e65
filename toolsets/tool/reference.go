package tool

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

// reference is an argument that says which object is meant: by id, or as people
// say it.
type reference struct {
	at     string // the argument, for errors
	kind   string
	text   string
	target reflect.Value // of a string kind; gets the id
	guess  bool          // text looks like an id, but may be a name
}

// understood is what a reference was taken for, where that is worth saying.
type understood struct {
	Said    string `json:"said"`
	ID      string `json:"id"`
	Summary string `json:"summary"`
}

// idForm matches what ids look like: P or Q and capitals and digits, a UUID, or
// the 26 characters of newer objects. PagerDuty promises no form, so that what
// does not match is still tried as an id when no name fits.
var idForm = regexp.MustCompile(`^([PQR][0-9A-Z]{6}|[QR][0-9A-Z]{13}|[0-9A-Z]{26}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$`)

// parseReference reads what needs no request: an incident's number, an id, the
// URL of an object. It returns the id, or "" for what must be looked up, or what
// is wrong.
func parseReference(kind, s string) (id string, guess bool, problem string) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return "", false, `"" is not ` + withArticle(kind) + "; " + waysToSay(kind)
	case strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://"):
		id, problem = fromURL(kind, s)
		return id, false, problem
	case kind == "incident":
		if s = strings.TrimPrefix(s, "#"); pdapi.IsID(s) {
			return s, false, ""
		}
		return "", false, quote(s) + " is not an incident; " + waysToSay(kind)
	case idForm.MatchString(s):
		return s, true, ""
	}
	return "", false, ""
}

// unmistakable reports whether a text can be nothing but one reference to an
// object of this kind: a number, an id, an e-mail address or me. Names may have any
// character.
func unmistakable(kind, s string) bool {
	switch {
	case kind == "incident":
		return pdapi.IsID(strings.TrimPrefix(s, "#"))
	case kind == "user" && (strings.EqualFold(s, "me") || strings.Contains(s, "@") && !strings.ContainsAny(s, " \t")):
		return true
	}
	return kind != "" && idForm.MatchString(s)
}

// fromURL reads the id in a URL of PagerDuty's web app or API.
func fromURL(kind, s string) (id, problem string) {
	u, err := url.Parse(s)
	host := ""
	if err == nil {
		host = strings.ToLower(u.Hostname())
	}
	if host != "pagerduty.com" && !strings.HasSuffix(host, ".pagerduty.com") {
		return "", quote(s) + " is not a URL of PagerDuty; " + waysToSay(kind)
	}
	// /schedules/P1 and, of older pages, /schedules#P1.
	parts := strings.Split(strings.Trim(u.Path, "/")+"/"+u.Fragment, "/")
	for i := range len(parts) - 1 {
		if slices.Contains(kinds[kind].paths, parts[i]) && pdapi.IsID(parts[i+1]) {
			return parts[i+1], ""
		}
	}
	return "", quote(s) + " is not the URL of " + withArticle(kind) + "; " + waysToSay(kind)
}

func withArticle(kind string) string {
	if strings.ContainsRune("aeio", rune(kind[0])) {
		return "an " + kind
	}
	return "a " + kind
}

// waysToSay tells how to write a reference.
func waysToSay(kind string) string {
	switch kind {
	case "incident":
		return "give its number (4711), its id, or its URL"
	case "user":
		return "give a name, an e-mail address, me, an id, or a URL"
	}
	return "give its name, its id, or its URL"
}

// said is what a schema's description says of references of a kind.
func said(kind string) string {
	switch kind {
	case "incident":
		return "Number, URL or id"
	case "user":
		return "Name, e-mail, me or id"
	}
	return "Name or id"
}

// resolver turns references into ids.
type resolver struct {
	pd    pdapi.Reader
	dir   *Directory
	exact bool // only a whole name will do: the tool writes
	notes []understood
}

// resolve looks up what references mean. Ids cost nothing; all else costs one
// search, unless it was made lately. What can't be resolved is named all at once.
func (r *resolver) resolve(ctx context.Context, refs []reference) error {
	var problems []string
	for _, ref := range refs {
		if ref.guess {
			continue // taken for an id
		}
		id, problem, err := r.find(ctx, ref)
		if err != nil {
			return fmt.Errorf("looking for %s %s: %w", ref.kind, quote(ref.text), err)
		}
		if problem != "" {
			problems = append(problems, ref.at+": "+problem)
		}
		ref.target.SetString(id)
	}
	if problems != nil {
		return &ArgumentError{problems}
	}
	return nil
}

// find returns the id that a reference means, or what is wrong with it.
func (r *resolver) find(ctx context.Context, ref reference) (id, problem string, err error) {
	if ref.kind == "user" && strings.EqualFold(ref.text, "me") {
		me, err := r.pd.Me(ctx)
		return me.ID, "", err
	}
	found, more, err := r.dir.search(ctx, r.pd, ref.kind, ref.text, r.exact)
	if err != nil {
		return "", "", err
	}
	matches := matching(found, func(name string) bool { return name == strings.ToLower(ref.text) })
	if matches == nil && more && kinds[ref.kind].exact != nil {
		if matches, _, err = kinds[ref.kind].exact(ctx, r.pd, ref.text); err != nil {
			return "", "", err
		}
	}
	switch {
	case len(matches) == 1:
		return matches[0].id, "", nil
	case len(matches) > 1:
		return "", ambiguous(ref, matches, false), nil
	}
	for _, fits := range []func(name string) bool{
		func(name string) bool { return strings.HasPrefix(name, strings.ToLower(ref.text)) },
		func(name string) bool { return strings.Contains(name, strings.ToLower(ref.text)) },
	} {
		matches = matching(found, fits)
		switch {
		case len(matches) == 1 && !more && !r.exact:
			r.notes = append(r.notes, understood{ref.text, matches[0].id, matches[0].name})
			return matches[0].id, "", nil
		case len(matches) == 1 && !more:
			return "", fmt.Sprintf("no %s is named exactly %s; changes need the whole name or the id. Is it %s?", ref.kind, quote(ref.text), matches[0]), nil
		case len(matches) > 1:
			return "", ambiguous(ref, matches, more), nil
		}
	}
	return r.notFound(ctx, ref)
}

// matching returns the candidates whose name or e-mail, in small letters, fits.
func matching(found []candidate, fits func(name string) bool) []candidate {
	var out []candidate
	for _, c := range found {
		if fits(strings.ToLower(c.name)) || c.email != "" && fits(strings.ToLower(c.email)) {
			out = append(out, c)
		}
	}
	return out
}

const maxCandidates = 10

func ambiguous(ref reference, matches []candidate, more bool) string {
	var list []string
	for _, c := range matches[:min(len(matches), maxCandidates)] {
		list = append(list, c.String())
	}
	rest := ""
	if n := len(matches) - len(list); n > 0 || more {
		rest = ", and more"
	}
	return fmt.Sprintf("%s may mean several: %s%s. Give one of these ids, or more of the name", quote(ref.text), strings.Join(list, ", "), rest)
}

// notFound says what names are like the one that none has, and tries the text as
// an id if it could be one of a form not seen before.
func (r *resolver) notFound(ctx context.Context, ref reference) (id, problem string, err error) {
	// A few letters find names in which only the rest is wrong; no letters find
	// what there is to choose from.
	runes := []rune(ref.text)
	var near []candidate
	for _, text := range []string{string(runes[:min(3, len(runes))]), ""} {
		found, _, err := r.dir.search(ctx, r.pd, ref.kind, text, false)
		if err != nil {
			return "", "", err
		}
		if near = nearest(ref.text, found, 3); near != nil {
			break
		}
	}
	problem = fmt.Sprintf("there is no %s %s", ref.kind, quote(ref.text))
	if strings.Contains(ref.text, ",") {
		problem += ", which is taken for one name; give several as a list of strings"
	}
	if near == nil {
		return "", problem + "; " + waysToSay(ref.kind), nil
	}
	var list []string
	for _, c := range near {
		list = append(list, c.String())
	}
	return "", problem + "; the nearest: " + strings.Join(list, ", "), nil
}

// reconsider is for a call that found nothing, or was refused, with a reference
// that looks like an id: is it a name? It reports whether anything changed.
func (r *resolver) reconsider(ctx context.Context, refs []reference) (bool, error) {
	changed := false
	for _, ref := range refs {
		if !ref.guess || kinds[ref.kind].search == nil {
			continue
		}
		found, _, err := r.dir.search(ctx, r.pd, ref.kind, ref.text, r.exact)
		if err != nil {
			return false, err
		}
		if matches := matching(found, func(name string) bool { return name == strings.ToLower(ref.text) }); len(matches) == 1 {
			ref.target.SetString(matches[0].id)
			r.notes = append(r.notes, understood{ref.text, matches[0].id, matches[0].name})
			changed = true
		}
	}
	return changed, nil
}

// refused reports whether a call failed because PagerDuty knows no such object.
// Then nothing was done, and it may be made again.
func refused(err error) bool {
	var answer *pdapi.Error
	return errors.As(err, &answer) && (answer.Status == 400 || answer.Status == 404) && !answer.MaybeDone
}

// addUnderstood adds to a result, which is a JSON object, what names were taken
// for.
func addUnderstood(result []byte, notes []understood) []byte {
	if len(notes) == 0 || len(result) < 2 || result[len(result)-1] != '}' {
		return result
	}
	data, err := encode(notes)
	if err != nil || !json.Valid(data) {
		return result
	}
	comma := ","
	if string(result) == "{}" {
		comma = ""
	}
	return slices.Concat(result[:len(result)-1], []byte(comma+`"understood":`), data, []byte("}"))
}
