package tool_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

func TestSideBySide(t *testing.T) {
	t.Parallel()
	items := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	t.Run("in order, so many at a time", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			var running, most atomic.Int32
			got, err := tool.SideBySide(t.Context(), 4, items, func(_ context.Context, n int) (int, error) {
				most.Store(max(most.Load(), running.Add(1)))
				time.Sleep(time.Second)
				running.Add(-1)
				return n * n, nil
			})
			if diff := cmp.Diff([]int{1, 4, 9, 16, 25, 36, 49, 64, 81, 100}, got); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			if took := time.Since(start); took != 3*time.Second || most.Load() > 4 {
				t.Errorf("took %v, %d at a time", took, most.Load())
			}
		})
	})
	t.Run("the first failure ends the rest", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			failure := errors.New("no")
			var begun atomic.Int32
			_, err := tool.SideBySide(t.Context(), 2, items, func(ctx context.Context, n int) (int, error) {
				begun.Add(1)
				if n == 2 {
					return 0, failure
				}
				<-ctx.Done()
				return 0, ctx.Err()
			})
			if !errors.Is(err, failure) || begun.Load() > 3 {
				t.Errorf("%v after %d began", err, begun.Load())
			}
		})
	})
	t.Run("a panic is the caller's", func(t *testing.T) {
		t.Parallel()
		defer func() {
			if p := recover(); p != "bug" {
				t.Errorf("recovered %v", p)
			}
		}()
		_, _ = tool.SideBySide(t.Context(), 2, items, func(context.Context, int) (int, error) { panic("bug") })
	})
	t.Run("a call that ended begins nothing", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := tool.SideBySide(ctx, 2, items, func(context.Context, int) (int, error) { return 0, nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
}
