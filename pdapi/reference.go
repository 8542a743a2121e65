package pdapi

import (
	"errors"
	"strings"
	"time"
)

// Reference points at another object. What it points at is named in Summary.
type Reference struct {
	ID      string `json:"id,omitzero"`
	Type    string `json:"type,omitzero"`
	Summary string `json:"summary,omitzero"`
	HTMLURL string `json:"html_url,omitzero"`
	// DeletedAt is when the object was deleted, a user for instance who is still
	// named by a schedule; zero if it is there.
	DeletedAt Time `json:"deleted_at,omitzero"`
}

// refTo is a reference as PagerDuty wants it in a body: id and type alone.
func refTo(kind, id string) *Reference {
	if id == "" {
		return nil
	}
	return &Reference{ID: id, Type: kind + "_reference"}
}

// Time is a point in time in an answer. A value that is null or empty reads as zero.
type Time struct{ time.Time }

// UnmarshalJSON implements [encoding/json.Unmarshaler]. It fails for what is no time in
// a form that is known, so that [decode] can leave it out and say so.
func (t *Time) UnmarshalJSON(data []byte) error {
	t.Time = time.Time{}
	if string(data) == "null" || string(data) == `""` {
		return nil
	}
	s := strings.Trim(string(data), `"`)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02"} {
		if at, err := time.Parse(layout, s); err == nil {
			t.Time = at
			return nil
		}
	}
	return errors.New("no time in a form that is known")
}
