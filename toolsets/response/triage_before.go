package response

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/likeness"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/record"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// seenBefore are earlier incidents that look like one, the most useful first.
type seenBefore struct {
	incidents []pdapi.Incident
	because   []string
	notes     [][]pdapi.Note
	// byTitle is why they were found by their titles: PagerDuty did not tell.
	byTitle error
	// lost is why some of what was noted then, or how it ended, could not be read.
	lost error
}

// seenBefore finds what looks like the incident: by PagerDuty's AIOps, or where the
// plan has none, by the titles of the service's incidents.
func (f *found) seenBefore(g *gather, pd pdapi.Reader, past *part[[]pdapi.PastIncident]) (seenBefore, error) {
	var s seenBefore
	known, err := past.get()
	history, historyErr := f.history.get()
	if err == nil {
		for _, p := range known {
			s.incidents, s.because = append(s.incidents, p.Incident), append(s.because, fmt.Sprintf("by AIOps, score %g", p.Score))
		}
	} else {
		if historyErr != nil {
			return s, historyErr
		}
		s.byTitle = err
		for _, m := range f.alike(history)[:min(maxSeen+1, len(f.alike(history)))] {
			s.incidents = append(s.incidents, history[m.Index])
			s.because = append(s.because, fmt.Sprintf("%s, score %.2f", m.Because, m.Score))
		}
	}
	whole, notes := make([]*part[pdapi.Incident], len(s.incidents)), make([]*part[[]pdapi.Note], len(s.incidents))
	for n, i := range s.incidents {
		notes[n] = read(g, func(ctx context.Context) ([]pdapi.Note, error) { return pd.Notes(ctx, i.ID) })
		if at := slices.IndexFunc(history, func(h pdapi.Incident) bool { return h.ID == i.ID }); at >= 0 {
			s.incidents[n] = history[at]
		} else if i.Number == 0 { // AIOps tells of a title and a time only
			whole[n] = read(g, func(ctx context.Context) (pdapi.Incident, error) { return pd.Incident(ctx, i.ID) })
		}
	}
	s.notes = make([][]pdapi.Note, len(s.incidents))
	for n := range s.incidents {
		// What can't be read is left out: that it was seen is worth telling.
		if s.notes[n], err = notes[n].get(); err != nil {
			s.lost = err
		}
		if whole[n] == nil {
			continue
		}
		if i, err := whole[n].get(); err != nil {
			s.lost = err
		} else {
			s.incidents[n] = i
		}
	}
	s.notedFirst()
	return s, nil
}

// notedFirst puts those with notes first, and keeps as many as are told of.
func (s *seenBefore) notedFirst() {
	order := make([]int, len(s.incidents))
	for n := range order {
		order[n] = n
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(min(len(s.notes[y]), 1), min(len(s.notes[x]), 1)) })
	sorted := seenBefore{byTitle: s.byTitle, lost: s.lost}
	for _, n := range order[:min(maxSeen, len(order))] {
		sorted.incidents, sorted.because, sorted.notes = append(sorted.incidents, s.incidents[n]), append(sorted.because, s.because[n]), append(sorted.notes, s.notes[n])
	}
	*s = sorted
}

// alike ranks incidents by likeness to this one.
func (f *found) alike(history []pdapi.Incident) []likeness.Match {
	var titles []string
	for _, i := range history {
		titles = append(titles, i.Title)
	}
	return likeness.Rank(f.incident.Title, titles)
}

const (
	maxSaid  = 360 // characters of one note
	maxTitle = 160
)

// tell shows the earlier incidents.
func (s seenBefore) tell(call tool.Reading) []earlier {
	var out []earlier
	for n, i := range s.incidents {
		e := earlier{ID: i.ID, Number: i.Number, Title: wording.Excerpt(i.Title, maxTitle), When: record.When(i.CreatedAt.Time, call.Now, call.Zone), Because: s.because[n]}
		if !i.ResolvedAt.IsZero() {
			e.Ended = "after " + record.Length(i.ResolvedAt.Sub(i.CreatedAt.Time))
			if by := i.StatusChangedBy; by != nil && itself(i) {
				e.Ended += ", by itself"
			} else if by != nil && by.Summary != "" {
				e.Ended += ", by " + by.Summary
			}
		}
		if i.ResolveReason != nil && i.ResolveReason.Incident != nil {
			e.Ended += ", merged into " + i.ResolveReason.Incident.Summary
		}
		for _, note := range record.NewestFirst(s.notes[n])[:min(2, len(s.notes[n]))] {
			e.Notes = append(e.Notes, wording.Excerpt(note.Content, maxSaid))
		}
		out = append(out, e)
	}
	return out
}

// itself reports whether nobody resolved an incident: its monitoring did.
func itself(i pdapi.Incident) bool {
	return i.StatusChangedBy != nil && tool.TypeOf(*i.StatusChangedBy) == "service" && i.ResolveReason == nil
}

// almostSame is from which likeness on an incident is the same thing again.
const almostSame = 0.9

// longerThanNoise is how much longer than all like it an incident lasts that is something
// else: monitoring looks every few minutes only.
const longerThanNoise = 5 * time.Minute

// lasts is how long the incident is open, or was.
func (f *found) lasts(now time.Time) time.Duration {
	if ended := f.incident.ResolvedAt.Time; !ended.IsZero() {
		now = ended
	}
	return now.Sub(f.incident.CreatedAt.Time)
}

// repeats says how often the same was there before the incident, and whether it looks like noise.
func (f *found) repeats(now time.Time) (said string, noise string) {
	history, err := f.history.get()
	if err != nil {
		return "", ""
	}
	var lasted []time.Duration
	alone, recent := 0, 0
	for _, m := range f.alike(history) {
		i := history[m.Index]
		if m.Score < almostSame || i.ResolvedAt.IsZero() {
			continue
		}
		lasted = append(lasted, i.ResolvedAt.Sub(i.CreatedAt.Time))
		if itself(i) {
			alone++
		}
		if f.incident.CreatedAt.Sub(i.CreatedAt.Time) < 14*24*time.Hour {
			recent++
		}
	}
	if len(lasted) < 2 {
		return "", ""
	}
	slices.Sort(lasted)
	searched := fmt.Sprintf("%d days", searchedBack)
	if len(history) == pdapi.MaxPageSize {
		searched = fmt.Sprintf("the service's newest %d incidents", pdapi.MaxPageSize)
	}
	lately := "last 14 days"
	if now.Sub(f.incident.CreatedAt.Time) > 24*time.Hour {
		lately = "14 days before it"
	}
	said = fmt.Sprintf("The same title but for numbers %d times in %s, %d of them in the %s; %d ended by themselves; half within %s, all within %s.",
		len(lasted), searched, recent, lately, alone, record.Length(lasted[len(lasted)/2]), record.Length(lasted[len(lasted)-1]))
	if longest := lasted[len(lasted)-1]; len(lasted) >= 5 && alone == len(lasted) && longest < 15*time.Minute {
		noise = fmt.Sprintf("It may be noise: all %d like it ended by themselves, none lasted more than %s.", len(lasted), record.Length(longest))
		if lasts := f.lasts(now); lasts > longest+longerThanNoise {
			noise = fmt.Sprintf("It may be more than noise: all %d like it ended by themselves within %s, but this one went on for %s.", len(lasted), record.Length(longest), record.Length(lasts))
		}
	}
	return said, noise
}
