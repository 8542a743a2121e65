package response

import (
	"errors"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

// subject is the incident that a tool changed.
type subject struct {
	ID     string `json:"id"`
	Number int    `json:"number,omitzero"`
	Title  string `json:"title,omitzero"`
	Status string `json:"status,omitzero"`
}

func subjectOf(i pdapi.Incident) subject { return subject{i.ID, i.Number, i.Title, i.Status} }

// mayHaveWorked reports whether a write that failed may have taken effect, or did
// though its answer had nothing in it: a look tells more than the error.
func mayHaveWorked(err error) bool {
	return pdapi.MaybeDone(err) || errors.Is(err, pdapi.ErrNoDetails)
}

// answerLost is what a result says when a look, not the answer, told that the change
// was made.
const answerLost = "PagerDuty's answer was lost on the way, but the change was made: it was read again."
