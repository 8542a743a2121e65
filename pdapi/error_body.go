package pdapi

import (
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// This file reads what the answer to a call that failed says.

// Bounds on the words of an error, which a proxy or an attacker may have
// written: enough to act on, too little to flood a model's context.
const (
	maxMessage = 500 // bytes
	maxDetails = 10
	maxScopes  = 10
)

// scopeWords is how PagerDuty names a scope in words.
var scopeWords = pattern(`([a-z_.]+) API scope is required`)

// newError reads the answer to a call that failed.
func newError(r request, path string, got answer, key Key) *Error {
	secret := key.redactor()
	said := readFailure(got.data)
	e := &Error{
		Status:    got.status,
		Code:      said.code,
		Message:   secret.foreign(said.message, maxMessage),
		Foreign:   said.foreign,
		Method:    r.method,
		Path:      path,
		Reads:     r.reads,
		RequestID: secret.foreign(got.header.Get("X-Request-Id"), 64),
		Wait:      askedWait(got.status, got.header),
		Attempts:  got.attempts,
	}
	if said.foreign {
		e.Message = secret.page(got.data, maxMessage)
	}
	if !r.reads {
		e.Repeated = got.repeated
		e.MaybeDone = e.Status >= 500 || e.Status == http.StatusRequestTimeout || e.Repeated && e.Status == http.StatusTooManyRequests
	}
	e.Details = secret.texts(said.details)
	if m := scopeWords().FindStringSubmatch(e.Words()); m != nil && said.scopes == nil {
		said.scopes = m[1:]
	}
	for _, scope := range said.scopes[:min(len(said.scopes), maxScopes)] {
		e.Scopes = append(e.Scopes, secret.foreign(scope, 80))
	}
	return e
}

// texts are foreign texts, fit for an error.
func (r redactor) texts(said []string) []string {
	var out []string
	for i, text := range said {
		if i == maxDetails {
			return append(out, fmt.Sprintf("and %d more", len(said)-maxDetails))
		}
		out = append(out, r.foreign(text, maxMessage))
	}
	return out
}

// transient reports whether an answer with this status and body tells of a
// failure before anything was changed that passes by itself, so that any request,
// one that notifies people too, may go out again a little later.
func transient(status int, body []byte) bool {
	if status != http.StatusBadRequest {
		return false
	}
	said := readFailure(body)
	return metLock(said.message) || slices.ContainsFunc(said.details, metLock)
}

// metLock reports whether a refusal, of status 400, says that something "could
// not be locked": another request was changing it, nothing was done, and a moment
// later it works (seen by Terraform's provider for PagerDuty, its issue 1117).
func metLock(words string) bool {
	return strings.Contains(strings.ToLower(words), "could not be locked")
}

// failure is what the body of an answer says of a failure.
type failure struct {
	message string
	code    int
	scopes  []string // OAuth scopes that the token lacks
	details []string
	foreign bool // it is not JSON, as PagerDuty sends it
}

// readFailure reads the body of an answer. PagerDuty documents
// {"error":{"message","code","errors"}}
// (https://developer.pagerduty.com/docs/errors), and sends other forms, too:
// error as a text or a list, or missing, with its members at the top; errors as a
// text, or an object of lists by field; and pages from the proxies in front.
// What has a form that is not known is read as text, with its names.
func readFailure(body []byte) failure {
	var said failure
	var top any
	if json.Unmarshal(body, &top) != nil {
		said.foreign = len(strings.TrimSpace(string(body))) > 0
		return said
	}
	outer, ok := top.(map[string]any)
	if !ok {
		said.tell("", top)
		return said
	}
	if inner, ok := outer["error"].(map[string]any); ok {
		said.members(inner)
		outer = maps.Clone(outer)
		delete(outer, "error")
	}
	said.members(outer)
	return said
}

// unsaid are members of errors that say nothing to a reader.
var unsaid = []string{"message", "error", "errors", "code", "required_scopes", "status", "type", "id", "self", "request_id", "documentation_url"}

// members reads the members of an error object.
func (f *failure) members(object map[string]any) {
	if text, ok := object["message"].(string); ok && f.message == "" {
		f.message = text
	} else if object["message"] != nil {
		f.tell("", object["message"])
	}
	switch code := object["code"].(type) {
	case float64:
		f.code = int(code)
	case string: // someone else answers
		if n, err := strconv.Atoi(code); err == nil {
			f.code = n
		}
	}
	f.addScopes(object["required_scopes"])
	f.tell("", object["error"])
	f.tell("", object["errors"])
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if !slices.Contains(unsaid, name) {
			f.tell(name, object[name])
		}
	}
}

// scopeForm matches what a scope looks like. Other words are none: an error names
// scopes as they are.
var scopeForm = pattern(`^([a-z_]+(\.[a-z_]+)+|read|write)$`)

// addScopes reads scopes in a text or in a list of texts.
func (f *failure) addScopes(scopes any) {
	switch scopes := scopes.(type) {
	case string:
		for scope := range strings.FieldsFuncSeq(scopes, func(r rune) bool { return r == ',' || r == ' ' }) {
			if scopeForm().MatchString(scope) {
				f.scopes = append(f.scopes, scope)
			}
		}
	case []any:
		for _, scope := range scopes {
			f.addScopes(scope)
		}
	}
}

// How the items in lists of errors name what is wrong, and with which field.
var (
	textNames  = []string{"message", "detail", "description", "title", "error", "reason"}
	fieldNames = []string{"field", "attribute", "parameter", "param", "name", "path", "pointer", "source"}
)

// tell adds what a JSON value says to the details, texts behind the name of the
// field that they are about.
func (f *failure) tell(field string, value any) {
	switch value := value.(type) {
	case nil:
	case string:
		f.add(field, value)
	case []any:
		for _, item := range value {
			f.tell(field, item)
		}
	case map[string]any:
		if text, ok := firstText(value, textNames); ok {
			if name, named := firstText(value, fieldNames); named {
				field = below(field, name)
			}
			f.add(field, text)
			return
		}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			f.tell(below(field, name), value[name])
		}
	default: // a number, true or false: it says something only with a name
		if field != "" {
			f.add(field, fmt.Sprint(value))
		}
	}
}

func (f *failure) add(field, text string) {
	if text = strings.TrimSpace(text); text == "" {
		return
	}
	if field != "" {
		text = field + ": " + text
	}
	f.details = append(f.details, text)
}

// below is the name of a field in another one. What is wrong with an object as a
// whole stands under "base".
func below(field, name string) string {
	switch {
	case name == "base":
		return field
	case field == "":
		return name
	}
	return field + "." + name
}

// firstText is the first of an object's members with these names that is a text.
func firstText(object map[string]any, names []string) (string, bool) {
	for _, name := range names {
		if text, ok := object[name].(string); ok && text != "" {
			return text, true
		}
	}
	return "", false
}

// words are the texts in a JSON value, as [failure.tell] reads them.
func words(raw json.RawMessage) []string {
	var value any
	if len(raw) == 0 || json.Unmarshal(raw, &value) != nil {
		return nil
	}
	var f failure
	f.tell("", value)
	return f.details
}

var (
	htmlTitle  = pattern(`(?is)<title[^>]*>(.*?)</title>`)
	htmlHidden = pattern(`(?is)<(script|style|head)\b.*?</(script|style|head)>|<!--.*?-->`)
	htmlTag    = pattern(`(?s)<[^>]*>`)
)

// htmlText is what a page from a proxy says: its title, or its text.
func htmlText(page string) string {
	if m := htmlTitle().FindStringSubmatch(page); m != nil && strings.TrimSpace(m[1]) != "" {
		page = m[1]
	} else {
		page = htmlHidden().ReplaceAllString(page, " ")
	}
	return html.UnescapeString(htmlTag().ReplaceAllString(page, " "))
}
