package pdapi

import (
	"errors"
	"fmt"
	"strings"
)

// ErrInvalidID is wrapped by the error of a call that was given something that
// can't be an id. Nothing was sent.
var ErrInvalidID = errors.New("not a PagerDuty id")

// path is where a request goes: a template of PagerDuty's own words, written as
// in its API reference ("/incidents/{id}/notes"), and the ids that take the place
// of what is in braces. Logs show the template, since ids came as arguments.
type path struct {
	template string
	ids      []string
}

// to is the path that a template and ids make.
func to(template string, ids ...string) path { return path{template, ids} }

// url is the path with its ids. Ids come from models, so whatever could change
// which URL is asked for ("/", "?", "..", nothing at all) is refused rather than
// escaped: PagerDuty's ids are opaque, but made of letters, digits, "-" and "_"
// (https://developer.pagerduty.com/docs/types).
func (p path) url() (string, error) {
	var b strings.Builder
	rest, ids := p.template, p.ids
	for {
		words, after, found := strings.Cut(rest, "{")
		b.WriteString(words)
		if !found {
			break
		}
		if len(ids) == 0 {
			return "", fmt.Errorf("the path %s lacks an id", p.template)
		}
		if err := checkID(ids[0]); err != nil {
			return "", err
		}
		b.WriteString(ids[0])
		ids = ids[1:]
		_, rest, _ = strings.Cut(after, "}")
	}
	if len(ids) > 0 {
		return "", fmt.Errorf("the path %s has no place for %d ids", p.template, len(p.ids))
	}
	return b.String(), nil
}

// checkID returns an error if a request can't go out with an id. Callers' ids are
// checked before they come here, so that one that is empty is one that an answer lacked.
func checkID(id string) error {
	switch {
	case id == "":
		return fmt.Errorf("an object in PagerDuty's answers has an id that is %w, so what belongs to it could not be read", ErrInvalidID)
	case !IsID(id):
		return fmt.Errorf("%q is %w: ids are made of letters, digits, - and _", clip(id, 80), ErrInvalidID)
	}
	return nil
}

// IsID reports whether s has the form of a PagerDuty id.
func IsID(s string) bool {
	if s == "" || len(s) > 128 {
		return false
	}
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
		default:
			return false
		}
	}
	return true
}

// clip cuts s to at most n bytes of whole characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 { // not inside a character
		n--
	}
	return s[:n] + "…"
}
