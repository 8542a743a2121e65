package pdapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func said(status, limit, remaining int, reset float64) (int, http.Header) {
	return status, http.Header{
		"Ratelimit-Limit": {strconv.Itoa(limit)}, "Ratelimit-Remaining": {strconv.Itoa(remaining)},
		"Ratelimit-Reset": {strconv.FormatFloat(reset, 'f', 3, 64)},
	}
}

// TestBudget runs in a bubble of synctest, where waiting takes no time.
func TestBudget(t *testing.T) {
	t.Parallel()
	// pass sends n requests at once and returns when each went.
	pass := func(ctx context.Context, b *budget, n int) []time.Duration {
		var went []time.Duration
		start := time.Now()
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range n {
			wg.Go(func() {
				done, err := b.await(ctx)
				if err != nil {
					t.Error(err)
					return
				}
				done()
				mu.Lock()
				defer mu.Unlock()
				went = append(went, time.Since(start))
			})
		}
		wg.Wait()
		return went
	}
	for name, test := range map[string]func(t *testing.T){
		"nothing known": func(t *testing.T) {
			if went := pass(t.Context(), &budget{}, 500); went[499] != 0 {
				t.Errorf("the last went after %v", went[499])
			}
		},
		"plenty": func(t *testing.T) {
			b := &budget{}
			b.learn(said(200, 960, 900, 60))
			if went := pass(t.Context(), b, 500); went[499] != 0 {
				t.Errorf("the last went after %v", went[499])
			}
		},
		"near the end they are spread": func(t *testing.T) {
			b := &budget{}
			b.learn(said(200, 960, 10, 30))
			went := pass(t.Context(), b, 10)
			if went[0] != 0 || went[9] < 15*time.Second || went[9] > 30*time.Second {
				t.Errorf("they went after %v", went)
			}
		},
		"at the end they wait for the next period": func(t *testing.T) {
			b := &budget{}
			b.learn(said(429, 960, 0, 12))
			went := pass(t.Context(), b, 100)
			for _, w := range went {
				if w < 12*time.Second || w > 13*time.Second {
					t.Fatalf("they went after %v", went)
				}
			}
		},
		"a period is not overrun": func(t *testing.T) {
			b := &budget{}
			b.learn(said(429, 8, 0, 10))
			went := pass(t.Context(), b, 20)
			periods := map[time.Duration]int{}
			for _, w := range went {
				periods[w/(10*time.Second)]++
			}
			if periods[1] != 8 || periods[2] != 8 || periods[3] != 4 {
				t.Errorf("they went in periods %v", periods)
			}
		},
		"a wait past the deadline is not begun": func(t *testing.T) {
			b := &budget{}
			b.learn(said(429, 960, 0, 90))
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			start := time.Now()
			_, err := b.await(ctx)
			var over *overBudget
			if !errors.As(err, &over) || over.wait < 90*time.Second || time.Since(start) != 0 {
				t.Errorf("%v after %v", err, time.Since(start))
			}
		},
		"a period that ends at once": func(t *testing.T) {
			b := &budget{}
			b.learn(said(429, 960, 0, 0))
			if went := pass(t.Context(), b, 10); went[9] > time.Second {
				t.Errorf("they went after %v", went)
			}
		},
		"who gives up does": func(t *testing.T) {
			b := &budget{}
			b.learn(said(429, 960, 0, 90))
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			if _, err := b.await(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("%v", err)
			}
		},
		"late answers do not give back": func(t *testing.T) {
			b := &budget{}
			b.learn(said(200, 960, 5, 30))
			b.learn(said(200, 960, 400, 30))
			if b.remaining != 5 {
				t.Errorf("%d remain", b.remaining)
			}
		},
		"odd headers say nothing": func(t *testing.T) {
			b := &budget{}
			b.learn(http.StatusOK, http.Header{"Ratelimit-Remaining": {"many"}, "Ratelimit-Reset": {"-1"}})
			b.learn(http.StatusOK, http.Header{})
			if went := pass(t.Context(), b, 10); went[9] != 0 {
				t.Errorf("%v", went)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, test)
		})
	}
}
