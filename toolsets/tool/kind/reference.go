package kind

import (
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Reference is an argument that says which object is meant: by its id, or as
// people say it.
type Reference struct {
	At     string // the argument, for errors
	Kind   *Kind
	Text   string        // as it was given, without what surrounds it
	Target reflect.Value // of a string kind; gets the id
	// looksLikeID is set when the text has the form of an id but may be a name:
	// a service may be called PAYROLL.
	LooksLikeID bool
}

// idForm matches what ids look like: P, Q or R with capitals and digits, a UUID,
// or the 26 characters of newer objects. PagerDuty promises no form.
var idForm = wording.Pattern(`^([PQR][0-9A-Z]{6}|[QR][0-9A-Z]{13}|[0-9A-Z]{26}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$`)

// LooksLikeID reports whether a text has the form of one of PagerDuty's ids.
func LooksLikeID(s string) bool {
	_, ok := AsID(s)
	return ok
}

// AsID returns a text as an id if it has the form of one; ids in small letters
// are ids too.
func AsID(s string) (id string, ok bool) {
	for _, id := range []string{s, strings.ToUpper(s), strings.ToLower(s)} {
		if idForm().MatchString(id) {
			return id, true
		}
	}
	return "", false
}

var incidentNumber = wording.Pattern(`^\[?(?i:inc(?:ident)?[-_#: ]*|(?:#|№)\s*)?(\d{1,18})(?:\.0)?\]?$`)

// Parse reads what needs no request: an incident's number, an id, the
// URL of an object. It returns the id, or "" for what must be looked up, or a
// problem. An id that looksLikeID may still be a name.
func Parse(k *Kind, s string) (id string, looksLikeID bool, problem string) {
	switch {
	case s == "":
		return "", false, `"" is not ` + k.Article() + "; " + k.Forms()
	case strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://"):
		id, problem = fromURL(k, s)
		return id, false, problem
	case len([]rune(s)) > wording.MaxName:
		return "", false, wording.Quote(s) + " is too long to be " + k.Article() + ": it has more than 255 characters; " + k.Forms()
	case k.numbered:
		if m := incidentNumber().FindStringSubmatch(s); m != nil {
			return m[1], false, ""
		}
		if id, ok := AsID(s); ok {
			return id, false, ""
		}
		if pdapi.IsID(s) {
			return s, false, ""
		}
		return "", false, wording.Quote(s) + " is not " + k.Article() + "; " + k.Forms()
	}
	id, looksLikeID = AsID(s)
	return id, looksLikeID, ""
}

// Unmistakable reports whether a text can be nothing but one reference to an
// object of this kind: a number, an id, an e-mail address or me. Names may have any
// character.
func Unmistakable(k *Kind, s string) bool {
	if k == nil {
		return false
	}
	_, isID := AsID(s)
	switch {
	case k.numbered:
		return isID || incidentNumber().MatchString(s)
	case k.People && (strings.EqualFold(s, "me") || strings.Contains(s, "@") && !strings.ContainsAny(s, " \t")):
		return true
	}
	return isID
}

// fromURL reads the id in a URL of PagerDuty's web app or API.
func fromURL(k *Kind, s string) (id, problem string) {
	u, err := url.Parse(s)
	host := ""
	if err == nil {
		host = strings.ToLower(u.Hostname())
	}
	if host != "pagerduty.com" && !strings.HasSuffix(host, ".pagerduty.com") {
		return "", wording.Quote(s) + " is not a URL of PagerDuty; " + k.Forms()
	}
	// /schedules/P1 and, of older pages, /schedules#P1.
	parts := strings.Split(strings.Trim(u.Path, "/")+"/"+u.Fragment, "/")
	for i := range len(parts) - 1 {
		if slices.Contains(k.paths, parts[i]) && pdapi.IsID(parts[i+1]) {
			return parts[i+1], ""
		}
	}
	return "", wording.Quote(s) + " is not the URL of " + k.Article() + "; " + k.Forms()
}
