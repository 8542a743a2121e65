package tool

import (
	"context"
	"errors"
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// maxBlamed is of how many ids of a call it is asked whether they are wrong.
const maxBlamed = 8

// Blamed is PagerDuty's refusal of a call with ids that it doesn't know: it says which
// they are, and of what they are the ids instead.
type Blamed struct {
	Problems []string // each with the argument in front
	Err      error    // the refusal
}

func (e *Blamed) Error() string { return strings.Join(e.Problems, "; ") + ": " + e.Err.Error() }

func (e *Blamed) Unwrap() error { return e.Err }

// idCodes are those of PagerDuty's refusals of a change that names an object there isn't.
var idCodes = []int{1004, 1007, 1014, 1020}

// isAboutIDs reports whether an error may come of an id that PagerDuty doesn't know, and
// nothing else needs to be said of it.
func isAboutIDs(err error) bool {
	var (
		partial *Partial
		unsure  *UnknownOutcome
		answer  *pdapi.Error
	)
	if errors.As(err, &partial) || errors.As(err, &unsure) || pdapi.MaybeDone(err) || !errors.As(err, &answer) {
		return false
	}
	return errors.Is(err, pdapi.ErrNotFound) || answer.Status == badRequest && slices.Contains(idCodes, answer.Code)
}

// blame finds out which ids of a call that failed PagerDuty doesn't know. What it asks
// changes nothing but the words of the error.
func (s *Session) blame(ctx context.Context, in reflect.Value, err error) error {
	if ctx.Err() != nil || !isAboutIDs(err) {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, blameTime)
	defer cancel()
	r := &resolver{pd: s.Client.Reader, names: &s.names, writes: true}
	var unsure []kind.Reference
	for _, ref := range idsIn(in, "") {
		if !r.names.hasID(ref.Kind, ref.Text) {
			unsure = append(unsure, ref)
		}
	}
	if len(unsure) > maxBlamed {
		return err
	}
	problems, failed := SideBySide(ctx, lookupsAtOnce, unsure, func(ctx context.Context, ref kind.Reference) (string, error) {
		if !isOf(err, ref.Text) {
			if _, lookup := r.ask(ctx, ref.Kind, ref.Text); !errors.Is(lookup, pdapi.ErrNotFound) {
				return "", nil
			}
		}
		if words := r.whatItIs(ctx, ref.Kind, ref.Text); words != "" {
			return ref.At + ": " + words, nil
		}
		return fmt.Sprintf("%s: PagerDuty knows no %s %s, or hides it from the key's user; check the id", ref.At, ref.Kind.Word, wording.Quote(ref.Text)), nil
	})
	problems = slices.DeleteFunc(problems, func(problem string) bool { return problem == "" })
	if failed != nil || len(problems) == 0 {
		return err
	}
	return &Blamed{problems, err}
}

// isOf reports whether an error is PagerDuty's answer that it has no object with an id, to
// a request for just that: then it need not be asked again.
func isOf(err error, id string) bool {
	var answer *pdapi.Error
	return errors.As(err, &answer) && errors.Is(err, pdapi.ErrNotFound) && answer.Reads && path.Base(answer.Path) == id
}

// idsIn are the ids in an input, with the arguments that they are in.
func idsIn(v reflect.Value, at string) []kind.Reference {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return idsIn(v.Elem(), at)
		}
	case reflect.String:
		if id, ok := v.Interface().(kind.Identifier); ok && v.String() != "" {
			return []kind.Reference{{At: at, Kind: id.Kind(), Text: v.String()}}
		}
	case reflect.Slice:
		var refs []kind.Reference
		for i := range v.Len() {
			if item := v.Index(i); item.Kind() != reflect.Uint8 {
				refs = append(refs, idsIn(item, fmt.Sprintf("%s[%d]", at, i))...)
			}
		}
		return refs
	case reflect.Struct:
		var refs []kind.Reference
		for _, f := range reflect.VisibleFields(v.Type()) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if field, err := v.FieldByIndexErr(f.Index); err == nil && name != "" && f.IsExported() {
				refs = append(refs, idsIn(field, strings.TrimPrefix(at+"."+name, "."))...)
			}
		}
		return refs
	}
	return nil
}

// badRequest is the HTTP status of a request that PagerDuty does not understand or allow.
const badRequest = 400
