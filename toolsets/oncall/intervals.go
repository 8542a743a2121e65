package oncall

import (
	"math"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

// interval is a part of time, without its end.
type interval struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

func (i interval) length() time.Duration { return i.To.Sub(i.From) }

// within is a shift, cut to a part of time. A shift without times is all of it.
func within(start, end pdapi.Time, whole interval) (interval, bool) {
	i := whole
	if !start.IsZero() && start.After(i.From) {
		i.From = start.UTC()
	}
	if !end.IsZero() && end.Before(i.To) {
		i.To = end.UTC()
	}
	return i, i.From.Before(i.To)
}

// intervals are parts of time.
type intervals []interval

// union is the same time, in order and without overlaps.
func (is intervals) union() intervals {
	sorted := slices.Clone(is)
	slices.SortFunc(sorted, func(x, y interval) int { return x.From.Compare(y.From) })
	var out intervals
	for _, i := range sorted {
		if last := len(out) - 1; last >= 0 && !i.From.After(out[last].To) {
			if i.To.After(out[last].To) {
				out[last].To = i.To
			}
			continue
		}
		out = append(out, i)
	}
	return out
}

// gaps are the parts of whole that none of them has.
func (is intervals) gaps(whole interval) intervals {
	var out intervals
	at := whole.From
	for _, i := range is.union() {
		if i.From.After(at) {
			out = append(out, interval{at, i.From})
		}
		if i.To.After(at) {
			at = i.To
		}
	}
	if at.Before(whole.To) {
		out = append(out, interval{at, whole.To})
	}
	return out
}

// both are the parts that are in two of them.
func (is intervals) both(other intervals) intervals {
	var out intervals
	for _, x := range is.union() {
		for _, y := range other.union() {
			if i, ok := within(pdapi.Time{Time: y.From}, pdapi.Time{Time: y.To}, x); ok {
				out = append(out, i)
			}
		}
	}
	return out
}

// hours is how long they are together, rounded to a tenth of an hour.
func (is intervals) hours() float64 {
	var all time.Duration
	for _, i := range is.union() {
		all += i.length()
	}
	return inHours(all)
}

func inHours(d time.Duration) float64 { return math.Round(d.Hours()*10) / 10 }
