package people

import (
	"context"
	"errors"
	"iter"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

// bothKinds lists schedules of both kinds as one list, the shift-based ones after the
// layer-based ones: what the window skips beyond these is skipped of those. That those
// can't be listed is handed to unlisted, and costs no layer-based one.
func bothKinds(ctx context.Context, pd pdapi.Reader, filter pdapi.ScheduleFilter, w pdapi.Window, unlisted func(error)) iter.Seq2[pdapi.Page[schedule], error] {
	return func(yield func(pdapi.Page[schedule], error) bool) {
		n := 0
		for page, err := range pd.Schedules(ctx, filter, w) {
			n += len(page.Items)
			if !yield(pageOf(page, showSchedule), err) || err != nil {
				return
			}
			if page.More && (n >= w.Limit || page.Capped) {
				return
			}
		}
		skip := 0
		if n == 0 && w.Offset > 0 {
			before, err := countSchedules(ctx, pd, filter, w.Offset)
			if err != nil {
				yield(pdapi.Page[schedule]{}, err)
				return
			}
			skip = w.Offset - before
		}
		left := w.Limit - n
		for page, err := range pd.SchedulesV3(ctx, filter, pdapi.Window{Offset: skip, Limit: max(left, 1)}) {
			switch {
			case errors.Is(err, pdapi.ErrNotFound), errors.Is(err, pdapi.ErrForbidden), errors.Is(err, pdapi.ErrPlan):
				return // an account without any
			case err != nil && ctx.Err() != nil:
				yield(pdapi.Page[schedule]{}, err)
				return
			case err != nil:
				unlisted(err)
				return
			case left == 0: // only whether there is one
				yield(pdapi.Page[schedule]{More: len(page.Items) > 0}, nil)
				return
			}
			shown := pageOf(page, func(s pdapi.Reference) schedule {
				return schedule{ID: s.ID, Name: s.Summary, Kind: "shift-based", URL: s.HTMLURL}
			})
			if !yield(shown, nil) {
				return
			}
		}
	}
}

// pageOf is a page of what is shown of another page's records.
func pageOf[A any](page pdapi.Page[A], show func(A) schedule) pdapi.Page[schedule] {
	shown := pdapi.Page[schedule]{More: page.More, Capped: page.Capped}
	for _, item := range page.Items {
		shown.Items = append(shown.Items, show(item))
	}
	return shown
}

// countSchedules counts the layer-based schedules, as far as so many.
func countSchedules(ctx context.Context, pd pdapi.Reader, filter pdapi.ScheduleFilter, most int) (n int, err error) {
	for page, err := range pd.Schedules(ctx, filter, pdapi.Window{Limit: most}) {
		if err != nil {
			return 0, err
		}
		n += len(page.Items)
	}
	return n, nil
}
