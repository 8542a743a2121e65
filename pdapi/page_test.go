package pdapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

func TestPages(t *testing.T) {
	t.Parallel()
	box, pd := start(t)
	box.Grow(1000)
	for _, c := range []struct {
		window   pdapi.Window
		items    int
		more     bool
		requests int
	}{
		{pdapi.Window{Limit: 1}, 1, true, 1},
		{pdapi.Window{Limit: 100}, 100, true, 1},
		{pdapi.Window{Limit: 250, Offset: 30}, 250, true, 3},
		{pdapi.Window{Limit: 1000}, 1000, false, 10},
		{pdapi.Window{Limit: 50, Offset: 990}, 10, false, 1},
		{pdapi.Window{Limit: 50, Offset: 5000}, 0, false, 1},
	} {
		t.Run(fmt.Sprint(c.window), func(t *testing.T) {
			box.ForgetRequests()
			seen := map[string]bool{}
			var last pdapi.Page[pdapi.Incident]
			for page, err := range pd.Incidents(t.Context(), pdapi.IncidentFilter{AllDates: true, SortBy: "incident_number:asc"}, c.window) {
				if err != nil {
					t.Fatal(err)
				}
				for _, i := range page.Items {
					seen[i.ID] = true
				}
				last = page
			}
			if len(seen) != c.items || last.More != c.more || len(box.Requests()) != c.requests {
				t.Errorf("%d incidents, more %v, %d requests; want %d, %v, %d", len(seen), last.More, len(box.Requests()), c.items, c.more, c.requests)
			}
		})
	}
}

// TestPagesStopAtDepth shows that no request goes past record 10,000, which
// PagerDuty refuses.
func TestPagesStopAtDepth(t *testing.T) {
	t.Parallel()
	box, pd := start(t)
	box.Grow(10_050)
	n := 0
	var last pdapi.Page[pdapi.Incident]
	for page, err := range pd.Incidents(t.Context(), pdapi.IncidentFilter{AllDates: true}, pdapi.Window{Offset: 9950, Limit: 100}) {
		if err != nil {
			t.Fatal(err)
		}
		n += len(page.Items)
		last = page
	}
	if n != 50 || !last.Capped {
		t.Errorf("%d incidents, capped %v; want 50, true", n, last.Capped)
	}
}

// TestPagesAreFetchedAhead holds how many requests a long list takes one after
// another, and that its order does not suffer.
func TestPagesAreFetchedAhead(t *testing.T) {
	t.Parallel()
	box := sandbox.New(sandbox.Options{})
	box.Grow(1000)
	var mu sync.Mutex
	inFlight, most, atOnce := 0, 0, map[string]int{}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		inFlight++
		most = max(most, inFlight)
		atOnce[r.URL.Query().Get("offset")] = inFlight
		mu.Unlock()
		<-time.After(20 * time.Millisecond)
		box.ServeHTTP(w, r)
		mu.Lock()
		inFlight--
		mu.Unlock()
	}))
	t.Cleanup(api.Close)
	pd, err := pdapi.New(pdapi.Config{Host: api.URL, Key: mustKey(t, sandbox.UserKey)})
	if err != nil {
		t.Fatal(err)
	}
	last, n := 0, 0
	for page, err := range pd.Incidents(t.Context(), pdapi.IncidentFilter{AllDates: true, SortBy: "incident_number:asc"}, pdapi.Window{Limit: 950}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range page.Items {
			if n++; i.Number <= last {
				t.Fatalf("#%d after #%d", i.Number, last)
			}
			last = i.Number
		}
	}
	if n != 950 || most > 4 || most < 2 || atOnce[""] != 1 || len(atOnce) != 10 {
		t.Errorf("%d incidents, %d requests, at most %d at once, %d with the first", n, len(atOnce), most, atOnce[""])
	}
}

// TestRoundTrips counts how often a list waits for PagerDuty, by a clock that
// stands still but for that.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	box, _ := start(t)
	box.Grow(1200)
	const latency = 50 * time.Millisecond
	for limit, want := range map[int]time.Duration{25: 1, 100: 1, 101: 2, 500: 2, 501: 3, 1000: 4} {
		t.Run(strconv.Itoa(limit), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				pd, err := pdapi.New(pdapi.Config{Key: mustKey(t, sandbox.UserKey), Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
					<-time.After(latency)
					return direct(box, r), nil
				})})
				if err != nil {
					t.Fatal(err)
				}
				begun, n := time.Now(), 0
				for page, err := range pd.Incidents(t.Context(), pdapi.IncidentFilter{AllDates: true}, pdapi.Window{Limit: limit}) {
					if err != nil {
						t.Fatal(err)
					}
					n += len(page.Items)
				}
				if took := time.Since(begun); n != limit || took != want*latency {
					t.Errorf("%d incidents after %v, want %d after %d round trips of %v", n, took, limit, want, latency)
				}
			})
		})
	}
}

// direct has a simulated account answer without a network, for bubbles of synctest.
func direct(box *sandbox.Server, r *http.Request) *http.Response {
	recorded, received := httptest.NewRecorder(), r.Clone(r.Context())
	received.Body = http.NoBody // as a server has it
	box.ServeHTTP(recorded, received)
	return recorded.Result()
}

// TestPagesWhenLittleIsLeft has PagerDuty say that the rate limit is nearly used
// up: pages are fetched one after another then, and all of them still come.
func TestPagesWhenLittleIsLeft(t *testing.T) {
	t.Parallel()
	box, _ := start(t)
	box.Grow(500)
	for remaining, want := range map[int]int{15: 1, 500: 4} {
		t.Run(strconv.Itoa(remaining), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				inFlight, most := 0, 0
				count := func(n int) {
					mu.Lock()
					defer mu.Unlock()
					inFlight += n
					most = max(most, inFlight)
				}
				pd, err := pdapi.New(pdapi.Config{Key: mustKey(t, sandbox.UserKey), Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
					count(+1)
					defer count(-1)
					<-time.After(5 * time.Second) // longer than requests are spread apart
					answer := direct(box, r)
					for name, value := range map[string]int{"limit": 960, "remaining": remaining, "reset": 30} {
						answer.Header.Set("ratelimit-"+name, strconv.Itoa(value))
					}
					return answer, nil
				})})
				if err != nil {
					t.Fatal(err)
				}
				n := 0
				for page, err := range pd.Incidents(t.Context(), pdapi.IncidentFilter{AllDates: true}, pdapi.Window{Limit: 500}) {
					if err != nil {
						t.Fatal(err)
					}
					n += len(page.Items)
				}
				if n != 500 || most != want {
					t.Errorf("%d incidents, up to %d requests at a time; want 500 and %d", n, most, want)
				}
			})
		})
	}
}

// TestPagesStopEarly has a reader that has seen enough: what was fetched ahead is
// given up, and nothing more is asked for.
func TestPagesStopEarly(t *testing.T) {
	t.Parallel()
	box, _ := start(t)
	box.Grow(1000)
	synctest.Test(t, func(t *testing.T) {
		var begun, ended atomic.Int32
		pd, err := pdapi.New(pdapi.Config{Key: mustKey(t, sandbox.UserKey), Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			begun.Add(1)
			defer ended.Add(1)
			slow := time.Duration(begun.Load()) * time.Second // each answers after the one before
			select {
			case <-time.After(slow):
				return direct(box, r), nil
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		})})
		if err != nil {
			t.Fatal(err)
		}
		pages := 0
		for _, err := range pd.Incidents(t.Context(), pdapi.IncidentFilter{AllDates: true}, pdapi.Window{Limit: 1000}) {
			if err != nil {
				t.Fatal(err)
			}
			if pages++; pages == 2 {
				break
			}
		}
		synctest.Wait()
		// The first, then four ahead: the reader went before there was room for more.
		if begun.Load() != 5 || ended.Load() != 5 {
			t.Errorf("%d requests were begun, %d have ended; want 5 and 5", begun.Load(), ended.Load())
		}
	})
}

// TestShortPages has a server that sends fewer rows than asked for: the next page
// begins where the last one ended.
func TestShortPages(t *testing.T) {
	t.Parallel()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		size := limit
		if offset >= 100 {
			size = min(limit, 30) // the first page is full, the others are not
		}
		var rows []map[string]any
		for i := offset; i < min(offset+size, 250); i++ {
			rows = append(rows, map[string]any{"id": fmt.Sprint("Q", i), "incident_number": i + 1})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"incidents": rows, "more": offset+size < 250, "total": 250})
	}))
	t.Cleanup(api.Close)
	pd, err := pdapi.New(pdapi.Config{Host: api.URL, Key: mustKey(t, sandbox.UserKey)})
	if err != nil {
		t.Fatal(err)
	}
	want := 0
	for page, err := range pd.Incidents(t.Context(), pdapi.IncidentFilter{}, pdapi.Window{Limit: 1000}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range page.Items {
			if want++; i.Number != want {
				t.Fatalf("#%d, want #%d", i.Number, want)
			}
		}
	}
	if want != 250 {
		t.Errorf("%d rows, want 250", want)
	}
}
