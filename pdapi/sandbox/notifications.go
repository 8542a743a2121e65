package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

func notificationRoutes() []route {
	return []route{{
		Pattern: "GET /notifications", Handle: listNotifications,
		Query: rest.Paging().With(rest.Query{
			"time_zone": rest.Zone(), "since": rest.Moment(), "until": rest.Moment(), "include[]": rest.Among("users"),
			"filter": rest.Among("sms_notification", "email_notification", "phone_notification", "push_notification"),
		}),
	}}
}

// listNotifications answers whom messages told of incidents, the newest first. It
// does not say of which: the log entries do.
func listNotifications(c *call) *rest.Answer {
	q := c.URL.Query()
	since, _ := time.Parse(time.RFC3339, q.Get("since"))
	until, _ := time.Parse(time.RFC3339, q.Get("until"))
	switch {
	case !q.Has("since") || !q.Has("until"):
		return rest.Fail(http.StatusBadRequest, 2003, "Missing Arguments", "since and until are required")
	case until.Before(since):
		return rest.Fail(http.StatusBadRequest, 2005, "Invalid Date Range", "until is before since")
	case !until.Before(since.AddDate(0, 3, 0)):
		return rest.Fail(http.StatusBadRequest, 2005, "Invalid Date Range", "The date range must be less than 3 months")
	}
	var rows []logEntry
	for _, i := range c.incidents.All() {
		if i.created.After(until) {
			continue
		}
		for _, e := range i.history(c.Now) {
			if e.kind == "notify" && !e.at.Before(since) && e.at.Before(until) && (!q.Has("filter") || q.Get("filter") == e.notificationType()) {
				rows = append(rows, e)
			}
		}
	}
	slices.SortStableFunc(rows, func(x, y logEntry) int { return y.at.Compare(x.at) })
	in := c.zone(c.account.zone)
	return rest.Page(c.Call, "notifications", rows, func(e logEntry) obj {
		o := obj{
			"id": "P" + e.id[len(e.id)-6:], "type": e.notificationType(), "started_at": stampIn(e.at, in), "user": e.to[0].ref(), "status": "success",
		}
		if address := e.to[0].address(e.method); address != "" {
			o["address"] = address
		}
		if slices.Contains(q["include[]"], "users") {
			o["user"] = e.to[0].object()
		}
		return o
	})
}

// notificationType is a notification's method as the API names it in lists.
func (e logEntry) notificationType() string {
	return strings.TrimSuffix(e.method, "_notification") + "_notification"
}

// address is where a user is notified by a method, "" for an app.
func (u *user) address(method string) string {
	for _, c := range u.contacts {
		switch {
		case c.kind != method:
		case c.country > 0:
			return fmt.Sprintf("+%d%s", c.country, c.address)
		case c.kind == "email":
			return c.address
		}
	}
	return ""
}
