package pdapi

import (
	"context"
	"iter"
	"time"
)

// Notification is a message that told a user of an incident. PagerDuty does not say
// here which incident: the log entries do. Type is sms_notification,
// email_notification, phone_notification or push_notification.
type Notification struct {
	ID        string    `json:"id"`
	Type      string    `json:"type,omitzero"`
	StartedAt Time      `json:"started_at,omitzero"`
	Address   string    `json:"address,omitzero"` // private; empty for push
	Status    string    `json:"status,omitzero"`
	User      Reference `json:"user"`
}

// NotificationFilter narrows [Reader.Notifications]. Both times are required, less
// than three months apart.
type NotificationFilter struct {
	Since, Until time.Time
	Type         string // as of [Notification]; all when empty
}

// Notifications lists the messages that users got between two times. It can't be
// asked for those of one user.
//
// See listNotifications in https://developer.pagerduty.com/api-reference.
func (r Reader) Notifications(ctx context.Context, f NotificationFilter, w Window) iter.Seq2[Page[Notification], error] {
	q := between(f.Since, f.Until)
	set(q, "filter", f.Type)
	return pages[Notification](ctx, r, "notifications", q, w, to("/notifications"))
}
