package watch

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// Lines writes a line for each open incident, then one for each that comes, changes or
// ends, until the context does. That an account can't be read is written, too, once.
func Lines(ctx context.Context, to io.Writer, o Options) error {
	var (
		known   map[string]Incident
		trouble string
	)
	for {
		now, err := known, error(nil)
		incidents, besides, err := o.Account.Open(ctx)
		switch {
		case ctx.Err() != nil: // whoever watches has ended it
		case err != nil && known == nil:
			return err // it never worked
		case err != nil && err.Error() != trouble:
			if trouble = err.Error(); !say(to, o, "trouble  "+trouble) {
				return nil
			}
		case err == nil:
			trouble = ""
			now = map[string]Incident{}
			for _, i := range incidents {
				now[i.ID] = i
			}
			if !report(to, o, known, now, incidents, besides) {
				return nil
			}
		}
		known = now
		timer := time.NewTimer(o.Every)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
	}
}

// report writes what differs between two looks, and whether somebody still reads it.
func report(to io.Writer, o Options, before, now map[string]Incident, incidents []Incident, besides int) bool {
	inOrder(incidents)
	if before == nil {
		if !say(to, o, strings.TrimSpace(fmt.Sprintf("open     %d incidents%s", len(incidents), more(besides)))) {
			return false
		}
	}
	for _, i := range incidents {
		old, known := before[i.ID]
		word := ""
		switch {
		case before == nil:
			word = "open"
		case !known:
			word = "new"
		case old.Status != i.Status:
			word = i.Status
		case !slices.Equal(old.AssignedTo, i.AssignedTo):
			word = "moved"
		case old.Priority != i.Priority || old.Urgency != i.Urgency:
			word = "rated"
		}
		if word != "" && !say(to, o, i.line(word, o.Now())) {
			return false
		}
	}
	if besides != 0 { // an incident may just have left the page
		return true
	}
	for _, id := range slices.Sorted(maps.Keys(before)) {
		if _, open := now[id]; !open && !say(to, o, before[id].line("over", o.Now())) {
			return false
		}
	}
	return true
}

func more(besides int) string {
	switch {
	case besides < 0:
		return " and more"
	case besides > 0:
		return fmt.Sprintf(" and %d more", besides)
	}
	return ""
}

// line is an incident as one line.
func (i Incident) line(word string, now time.Time) string {
	line := fmt.Sprintf("%-8s #%d  %s  %s  %s  %s, for %s", word, i.Number, i.Status, i.label(), i.Title, i.who(), age(now.Sub(i.CreatedAt)))
	if next := i.next(now); next != "" && word != "over" {
		line += ", " + next
	}
	return line
}

// say writes a line with the time, and reports whether that was possible.
func say(to io.Writer, o Options, line string) bool {
	_, err := fmt.Fprintf(to, "%s  %s\n", o.Now().Format(time.TimeOnly), line)
	return err == nil
}
