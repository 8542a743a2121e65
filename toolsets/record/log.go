package record

import (
	"cmp"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Entry is an entry of the log as lists show it.
type Entry struct {
	ID       string     `json:"id"`
	At       time.Time  `json:"at,omitzero"`
	Type     string     `json:"type,omitzero"` // without "_log_entry"
	Summary  string     `json:"summary,omitzero"`
	By       *tool.Ref  `json:"by,omitzero"`
	To       []tool.Ref `json:"to,omitempty"`                 // whom it was assigned to, or who was notified
	How      string     `json:"how,omitzero"`                 // they were notified
	Content  string     `json:"content,omitzero" free:"true"` // of a note that was written
	Incident *tool.Ref  `json:"incident,omitzero"`
}

// ShowEntry shows an entry of the log.
func ShowEntry(e pdapi.LogEntry) Entry {
	shown := Entry{
		ID: e.ID, At: e.CreatedAt.Time, Type: EntryKind(e), Summary: wording.Excerpt(e.Summary, 500), By: tool.RefTo(e.Agent), To: tool.RefsTo(e.Assignees),
		Incident: tool.RefTo(e.Incident), Content: wording.Excerpt(NoteOf(e), 1000),
	}
	if e.User != nil {
		shown.To = append(shown.To, *tool.RefTo(e.User))
	}
	if n := e.Channel.Notification; n != nil {
		shown.How = NotifiedBy(n)
	}
	return shown
}

// NotifiedBy is how somebody was notified: push, sms, phone or email.
func NotifiedBy(n *pdapi.Notification) string { return strings.TrimSuffix(n.Type, "_notification") }

// EntryKind is what an entry tells of: trigger, assign, notify, acknowledge, …
func EntryKind(e pdapi.LogEntry) string { return strings.TrimSuffix(e.Type, "_log_entry") }

// NoteOf is the text of an entry that tells of a note or of a status update.
func NoteOf(e pdapi.LogEntry) string {
	switch EntryKind(e) {
	case "annotate":
		return cmp.Or(e.Note, e.Channel.Summary)
	case "status_update":
		return e.Message
	}
	return ""
}
