package oncall

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestIntervals compares what is made of intervals with a look at every minute.
func TestIntervals(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)
	const length = 120
	whole := interval{begin, begin.Add(length * time.Minute)}
	minute := func(n int) time.Time { return begin.Add(time.Duration(n) * time.Minute) }
	random := rand.New(rand.NewPCG(1, 1))
	some := func() (out intervals) {
		for range random.IntN(6) {
			from := random.IntN(length)
			out = append(out, interval{minute(from), minute(min(length, from+1+random.IntN(40)))})
		}
		return out
	}
	has := func(is intervals, at time.Time) bool {
		for _, i := range is {
			if !at.Before(i.From) && at.Before(i.To) {
				return true
			}
		}
		return false
	}
	for range 500 {
		x, y := some(), some()
		union, gaps, both := x.union(), x.gaps(whole), x.both(y)
		covered := 0
		for n := range length {
			at := minute(n)
			if has(x, at) {
				covered++
			}
			if has(union, at) != has(x, at) || has(gaps, at) == has(x, at) || has(both, at) != (has(x, at) && has(y, at)) {
				t.Fatalf("at %s: of %v and %v union %v, gaps %v, both %v", at, x, y, union, gaps, both)
			}
		}
		if got := x.hours(); got != inHours(time.Duration(covered)*time.Minute) {
			t.Fatalf("%v are %v hours, not %d minutes", x, got, covered)
		}
	}
}
