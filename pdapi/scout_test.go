package pdapi

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestLongRefusals has PagerDuty, or something in front of it, say once that
// nothing goes for a very long time.
func TestLongRefusals(t *testing.T) {
	t.Parallel()
	for name, said := range map[string]http.Header{
		"277 hours by Retry-After": {"Retry-After": {"1e6"}},
		"a day by a date":          {"Retry-After": {"Sat, 02 Jan 2100 00:00:00 GMT"}, "Date": {"Fri, 01 Jan 2100 00:00:00 GMT"}},
		"an hour by PagerDuty":     {"Ratelimit-Limit": {"960"}, "Ratelimit-Remaining": {"0"}, "Ratelimit-Reset": {"3600"}},
	} {
		for outcome, scout := range map[string]func() (*http.Response, error){
			"then all is well":        func() (*http.Response, error) { return respond(http.StatusOK, `{"team":{"id":"PT"}}`), nil },
			"then there is no such":   func() (*http.Response, error) { return respond(http.StatusNotFound, `{}`), nil },
			"then the network fails":  func() (*http.Response, error) { return nil, errors.New("connection refused") },
			"then it is said again":   nil,
			"then a bug meets it":     func() (*http.Response, error) { panic("bug") },
			"then nobody answers it":  func() (*http.Response, error) { return nil, context.DeadlineExceeded },
			"then it's said for less": func() (*http.Response, error) { return limited(http.Header{"Retry-After": {"5"}}), nil },
		} {
			t.Run(name+", "+outcome, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					var mu sync.Mutex
					requests, inFlight, most := 0, 0, 0
					pd := inBubble(t, func(*http.Request) (*http.Response, error) {
						mu.Lock()
						requests++
						n := requests
						inFlight++
						most = max(most, inFlight)
						mu.Unlock()
						defer func() {
							mu.Lock()
							defer mu.Unlock()
							inFlight--
						}()
						<-time.After(time.Second)
						switch {
						case n == 1, n == 2 && scout == nil:
							return limited(said), nil
						case n == 2:
							return scout()
						}
						return respond(http.StatusOK, `{"team":{"id":"PT"}}`), nil
					})
					// call reads so many teams at once and returns the errors.
					call := func(n int) (failed []error) {
						var all sync.WaitGroup
						for i := range n {
							all.Go(func() {
								defer func() { _ = recover() }()
								if _, err := pd.Team(t.Context(), string(rune('A'+i))); err != nil {
									mu.Lock()
									defer mu.Unlock()
									failed = append(failed, err)
								}
							})
						}
						all.Wait()
						return failed
					}
					call(1)
					begun := time.Now()
					for _, err := range call(5) {
						if !errors.Is(err, ErrRateLimited) {
							t.Error(err)
						}
					}
					counted := func() (int, int) {
						mu.Lock()
						defer mu.Unlock()
						return requests, most
					}
					if n, _ := counted(); n != 1 || time.Since(begun) > 0 {
						t.Fatalf("%d requests within the two minutes, %v", n, time.Since(begun))
					}
					time.Sleep(maxBelieved)
					var waiting sync.WaitGroup
					var failed []error
					waiting.Go(func() { failed = call(10) })
					time.Sleep(500 * time.Millisecond)
					if n, atOnce := counted(); n != 2 || atOnce != 1 {
						t.Errorf("%d requests find out, %d at once", n-1, atOnce)
					}
					waiting.Wait()
					switch {
					case scout == nil: // it still holds: nobody else asks
						if requests != 2 || len(failed) != 10 {
							t.Errorf("%d requests, %d calls failed", requests, len(failed))
						}
						time.Sleep(maxBelieved)
						if failed = call(10); len(failed) > 0 {
							t.Errorf("two minutes later: %v", failed)
						}
					case requests < 11 || len(failed) > 1:
						t.Errorf("%d requests, %d calls failed: %v", requests, len(failed), failed)
					}
				})
			})
		}
	}
}

func limited(header http.Header) *http.Response {
	answer := respond(http.StatusTooManyRequests, `{"error":{"message":"Rate Limit Exceeded","code":2020}}`)
	answer.Header = header.Clone()
	return answer
}

// TestWaitingForAScout ends with the waiting call's own time.
func TestWaitingForAScout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &budget{}
		b.learn(http.StatusTooManyRequests, http.Header{"Retry-After": {"1e6"}})
		time.Sleep(maxBelieved + time.Second)
		done, err := b.await(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		hurried, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		begun := time.Now()
		var over *overBudget
		if _, err := b.await(hurried); !errors.As(err, &over) || time.Since(begun) != 3*time.Second {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
		done()
	})
}
