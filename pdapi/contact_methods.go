package pdapi

import (
	"context"
	"net/url"
)

// ContactMethod is a way to reach a user. Type is email_contact_method,
// phone_contact_method, sms_contact_method, push_notification_contact_method or
// whatsapp_contact_method.
type ContactMethod struct {
	ID          string `json:"id"`
	Type        string `json:"type,omitzero"`
	Label       string `json:"label,omitzero"`
	Summary     string `json:"summary,omitzero"`
	Address     string `json:"address,omitzero"` // private: a number, an e-mail address, a device
	CountryCode int    `json:"country_code,omitzero"`
	// Enabled is false where PagerDuty can't use it; nil if it doesn't say.
	Enabled *bool `json:"enabled,omitzero"`
	// Blacklisted is set where PagerDuty sends nothing any more.
	Blacklisted bool `json:"blacklisted,omitzero"`
}

// Usable reports whether PagerDuty sends anything there.
func (m ContactMethod) Usable() bool { return !m.Blacklisted && (m.Enabled == nil || *m.Enabled) }

// NotificationRule says when a user who is given an incident is told, and how.
type NotificationRule struct {
	ID      string        `json:"id"`
	Urgency string        `json:"urgency,omitzero"` // high or low: of the incidents it is for
	Delay   int           `json:"start_delay_in_minutes,omitzero"`
	Contact ContactMethod `json:"contact_method,omitzero"`
}

// NotificationRules returns a user's notification rules for incidents of both
// urgencies, with the contact methods they use.
//
// See getUserNotificationRules in https://developer.pagerduty.com/api-reference.
func (r Reader) NotificationRules(ctx context.Context, userID string) ([]NotificationRule, error) {
	q := url.Values{"urgency": {"all"}, "include[]": {"contact_methods"}} // PagerDuty's default is high
	return fetch[[]NotificationRule](ctx, r, get(to("/users/{id}/notification_rules", userID), q), "notification_rules")
}

// ContactMethods returns the ways to reach a user.
//
// See getUserContactMethods in https://developer.pagerduty.com/api-reference.
func (r Reader) ContactMethods(ctx context.Context, userID string) ([]ContactMethod, error) {
	return fetch[[]ContactMethod](ctx, r, get(to("/users/{id}/contact_methods", userID), nil), "contact_methods")
}
