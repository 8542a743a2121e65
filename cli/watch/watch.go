// Package watch shows open incidents as they come and go: on a terminal as a screen
// from which they can be acknowledged, resolved and noted, elsewhere as lines.
package watch

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Incident is what is shown of an open incident.
type Incident struct {
	ID, Title, Status, Urgency, Priority, Service, URL string
	Number                                             int
	AssignedTo                                         []string
	CreatedAt                                          time.Time
	Next                                               string    // what PagerDuty will do by itself, such as "escalate"; empty for nothing
	NextAt                                             time.Time // when
}

// Account is where incidents are.
type Account interface {
	// Open returns the open incidents, and how many there are besides; -1 if that is
	// not known.
	Open(ctx context.Context) (incidents []Incident, besides int, err error)
	// MayWrite is nil if incidents can be changed; otherwise it says why not.
	MayWrite() error
	Acknowledge(ctx context.Context, id string) error
	Resolve(ctx context.Context, id string) error
	Note(ctx context.Context, id, text string) error
	// Browse opens an incident's page.
	Browse(url string) error
}

// Options say how to watch.
type Options struct {
	Account Account
	Every   time.Duration    // how often the account is asked
	Now     func() time.Time // the clock
}

// inOrder brings incidents into the order in which they need somebody: those that
// nobody has taken first, then by urgency and priority, the newest first.
func inOrder(incidents []Incident) {
	rank := func(word string, order ...string) int {
		if n := slices.Index(order, word); n >= 0 {
			return n
		}
		return len(order)
	}
	slices.SortStableFunc(incidents, func(x, y Incident) int {
		return cmp.Or(
			rank(x.Status, "triggered")-rank(y.Status, "triggered"),
			rank(x.Urgency, "high")-rank(y.Urgency, "high"),
			cmp.Compare(cmp.Or(x.Priority, "~"), cmp.Or(y.Priority, "~")),
			y.CreatedAt.Compare(x.CreatedAt),
		)
	})
}

// age is how long ago something was, as a person says it.
func age(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}

// next says what PagerDuty will do with an incident, and when.
func (i Incident) next(now time.Time) string {
	if i.Next == "" {
		return ""
	}
	word := map[string]string{"escalate": "escalates", "unacknowledge": "re-triggers", "resolve": "is resolved", "urgency_change": "becomes urgent"}[i.Next]
	in := "now"
	if left := i.NextAt.Sub(now); left > 0 {
		in = "in " + age(left)
	}
	return cmp.Or(word, strings.ReplaceAll(i.Next, "_", " ")) + " " + in
}

// who is who has an incident.
func (i Incident) who() string {
	switch len(i.AssignedTo) {
	case 0:
		return "nobody"
	case 1, 2:
		return strings.Join(i.AssignedTo, ", ")
	}
	return fmt.Sprintf("%s +%d", i.AssignedTo[0], len(i.AssignedTo)-1)
}

// label is the priority of an incident, or else its urgency.
func (i Incident) label() string { return cmp.Or(i.Priority, i.Urgency) }
