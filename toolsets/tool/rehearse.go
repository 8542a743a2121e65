package tool

import (
	"context"
	"errors"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// rehearsal is the result of a call that was not carried out.
type rehearsal struct {
	DryRun  bool           `json:"dry_run"`
	Would   string         `json:"would"`
	Changes []changedField `json:"changes,omitempty"`
	Sends   []keptBack     `json:"sends,omitempty"`
	Answer  any            `json:"would_answer,omitempty"`
}

// keptBack is a request that would have been sent, as a rehearsal shows it.
type keptBack struct {
	Request string `json:"request"`
	Body    any    `json:"body,omitempty"`
}

const (
	maxShownSends = 10
	maxShownBody  = 4000 // characters
)

// Rehearse does all that [Prepared.Run] does but write: it reads, checks, and says what
// would be sent and what that would change. Of a call of several writes, of which one
// needs the answer to the one before, it shows the first.
func (p *Prepared) Rehearse(ctx context.Context) (*Result, error) {
	writes := &pdapi.Writes{Rehearse: true}
	p.call.writes = writes
	out, err := p.tool.run(ctx, p.session, p.call, p.in.Interface())
	var kept *pdapi.RehearsedError
	if err != nil && !errors.As(err, &kept) {
		return nil, p.session.blame(ctx, p.in, err)
	}
	made := writes.Made()
	if len(p.call.changed) == 0 {
		p.compare(ctx, made)
	}
	shown := rehearsal{DryRun: true, Would: p.Describe(ctx), Changes: p.call.changed}
	if err == nil && len(made) > 0 && len(shown.Changes) == 0 {
		shown.Answer = out
	}
	for _, w := range made[:min(len(made), maxShownSends)] {
		shown.Sends = append(shown.Sends, keptBack{w.Method + " " + w.Path, wording.ExcerptJSON(w.Body, maxShownBody)})
	}
	switch {
	case len(made) == 0:
		p.call.Note("Nothing would be sent.")
	case len(made) > maxShownSends:
		p.call.Note("The first %d of %d requests are shown.", maxShownSends, len(made))
	}
	p.call.Note("This is a rehearsal: nothing was changed.")
	return &Result{value: shown, rendering: rendering{notes: p.call.allNotes()}, understood: p.understood, names: &p.session.names}, nil
}

// compare has the result say what writes that were kept back would change, from what to
// what, as far as PagerDuty shows what there is.
func (p *Prepared) compare(ctx context.Context, made []pdapi.Write) {
	for _, w := range made {
		differences, whole := p.session.Client.Differences(ctx, w)
		for _, d := range differences {
			p.call.changed = append(p.call.changed, changedField{d.Object, d.Field, p.withNames(d.From), p.withNames(d.To)})
		}
		if !whole {
			p.call.Note("Not all is shown of what would change, from what to what.")
			return
		}
	}
}

// withNames is a value with the names of objects that are known, in place of their ids.
// What is not there is "".
func (p *Prepared) withNames(value any) any {
	switch value := value.(type) {
	case nil:
		return ""
	case string:
		if name := p.nameOf(value); name != "" {
			return name
		}
	case []any:
		all := make([]any, len(value))
		for i, item := range value {
			all[i] = p.withNames(item)
		}
		return all
	}
	return value
}

// Record has the writes of the call collected in w. It is called before the call is run.
func (p *Prepared) Record(w *pdapi.Writes) { p.call.writes = w }
