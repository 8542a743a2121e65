// Package alert shows alerts so that people can read them. Each monitoring tool
// writes what it measured in a shape of its own; the package knows the shapes of the
// usual ones and shows the number, the threshold, the host and the links. What it
// doesn't understand is shown as it came: no field is lost without a word.
package alert

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Alert is an alert as lists show it.
type Alert struct {
	ID         string    `json:"id"`
	Summary    string    `json:"summary,omitzero"`
	Status     string    `json:"status,omitzero"`
	Severity   string    `json:"severity,omitzero"`
	Suppressed bool      `json:"suppressed,omitzero"`
	CreatedAt  time.Time `json:"created_at,omitzero"`
	ResolvedAt time.Time `json:"resolved_at,omitzero"`
	Tool       string    `json:"tool,omitzero"` // that sent it
	Metric     string    `json:"metric,omitzero"`
	Value      string    `json:"value,omitzero"`     // what was measured
	Threshold  string    `json:"threshold,omitzero"` // with its operator where that is known
	Host       string    `json:"host,omitzero"`
	Component  string    `json:"component,omitzero"`
	Class      string    `json:"class,omitzero"`
	Group      string    `json:"group,omitzero"`
	Message    string    `json:"message,omitzero" free:"true"`
	Query      string    `json:"query,omitzero"`
	Links      []Link    `json:"links,omitempty"`
	Images     []string  `json:"images,omitempty"`
	// Details are all other fields that the tool sent.
	Details any `json:"details,omitzero" free:"true"`
	// Raw is PagerDuty's own, where that was asked for instead.
	Raw any    `json:"raw,omitzero" free:"true"`
	Key string `json:"alert_key,omitzero"`
	URL string `json:"url,omitzero"`
}

// Link is a link with its text.
type Link struct {
	Text string `json:"text,omitzero"`
	URL  string `json:"url"`
}

const (
	maxText    = 1000 // of a message, in characters
	maxDetails = 1500 // of other fields, in bytes of JSON
	maxRaw     = 8000 // of an alert's body as PagerDuty has it, in bytes of JSON
)

// Show makes an alert readable.
func Show(a pdapi.Alert) Alert {
	shown := plain(a)
	if a.Body == nil {
		return shown
	}
	if e := a.Body.Event; e != nil {
		shown.Tool = cmp.Or(e.Client, shown.Tool)
		shown.Component, shown.Class, shown.Group, shown.Host = e.Component, e.Class, e.Group, e.Origin
		shown.link("", e.ClientURL)
		if e.Message != a.Summary {
			shown.Message = e.Message
		}
	}
	for _, c := range a.Body.Contexts {
		if c.Type == "image" || c.Src != "" {
			shown.image(cmp.Or(c.Src, c.Href))
		}
		if c.Src == "" || c.Href != c.Src {
			shown.link(c.Text, c.Href)
		}
	}
	details := a.Body.Details
	if e := a.Body.Event; e != nil && isNothing(details) {
		details = e.Details
	}
	var text string
	var object map[string]any
	switch {
	case json.Unmarshal(details, &object) == nil && object != nil:
		shown.read(&fields{all: unwrap(object)}, a)
	case json.Unmarshal(details, &text) == nil:
		shown.say(text)
	default:
		shown.Details = wording.ExcerptJSON(details, maxDetails)
	}
	shown.Message = wording.Excerpt(shown.Message, maxText)
	return shown
}

// ShowRaw shows an alert with its body as PagerDuty has it.
func ShowRaw(a pdapi.Alert) Alert {
	shown := plain(a)
	if body, err := json.Marshal(a.Body); err == nil && a.Body != nil {
		shown.Raw = wording.ExcerptJSON(body, maxRaw)
	}
	return shown
}

func plain(a pdapi.Alert) Alert {
	shown := Alert{
		ID: a.ID, Summary: a.Summary, Status: a.Status, Severity: a.Severity, Suppressed: a.Suppressed,
		CreatedAt: a.CreatedAt.Time, ResolvedAt: a.ResolvedAt.Time, Key: a.Key, URL: a.HTMLURL,
	}
	if a.Integration != nil {
		shown.Tool = a.Integration.Summary
	}
	return shown
}

func isNothing(raw json.RawMessage) bool {
	return len(raw) == 0 || string(raw) == "null" || string(raw) == "{}" || string(raw) == `""`
}

// unwrap opens the envelope that Amazon SNS puts around what it passes on.
func unwrap(object map[string]any) map[string]any {
	var inner map[string]any
	if text, ok := object["Message"].(string); ok && object["TopicArn"] != nil && json.Unmarshal([]byte(text), &inner) == nil && inner != nil {
		delete(object, "Message")
		inner["envelope"] = object
		return inner
	}
	return object
}

// read shows the tool's own fields by their shape, and those that are left as they
// are.
func (a *Alert) read(f *fields, from pdapi.Alert) {
	for _, s := range shapes {
		if s.fits(f, from) {
			if a.Tool != "" && !strings.Contains(s.tool, a.Tool) && from.Body.Event != nil && a.Tool == from.Body.Event.Client {
				f.add("client", a.Tool)
			}
			a.Tool = s.tool
			s.read(f, a)
			break
		}
	}
	readUsual(f, a)
	if rest := f.rest(from.Summary); len(rest) > 0 {
		if data, err := json.Marshal(rest); err == nil {
			a.Details = wording.ExcerptJSON(data, maxDetails)
		}
	}
}

// at says where it is. Where the event itself gave another place, that stays among the
// details, unless it is the tool's name.
func (a *Alert) at(f *fields, place string) {
	if place == "" || place == a.Host {
		return
	}
	if a.Host != "" && a.Host != a.Tool {
		f.add("source", a.Host)
	}
	a.Host = place
}

// say adds to the alert's message what isn't in its summary.
func (a *Alert) say(text string) {
	text = strings.TrimSpace(text)
	if text == "" || text == a.Summary || strings.Contains(a.Message, text) {
		return
	}
	a.Message = strings.TrimPrefix(a.Message+"\n"+text, "\n")
}

func (a *Alert) link(text, url string) {
	if url == "" || slices.ContainsFunc(a.Links, func(l Link) bool { return l.URL == url }) {
		return
	}
	a.Links = append(a.Links, Link{text, url})
}

func (a *Alert) image(url string) {
	if url != "" && !slices.Contains(a.Images, url) {
		a.Images = append(a.Images, url)
	}
}
