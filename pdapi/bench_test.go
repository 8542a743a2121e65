package pdapi_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// BenchmarkRead is what reading an answer costs without a network: one page of
// incidents, and one incident.
func BenchmarkRead(b *testing.B) {
	box := sandbox.New(sandbox.Options{})
	box.Grow(1000)
	for name, read := range map[string]func(pdapi.Client) error{
		"100 incidents": func(pd pdapi.Client) error {
			for page, err := range pd.Incidents(b.Context(), pdapi.IncidentFilter{AllDates: true}, pdapi.Window{Limit: 100}) {
				if err != nil || len(page.Items) != 100 {
					b.Fatal(len(page.Items), err)
				}
			}
			return nil
		},
		"a service": func(pd pdapi.Client) error {
			_, err := pd.Service(b.Context(), box.ID("service", "Search API"))
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			answers := map[string][]byte{}
			key, err := pdapi.ParseKey(sandbox.UserKey)
			if err != nil {
				b.Fatal(err)
			}
			pd, err := pdapi.New(pdapi.Config{Key: key, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				if answers[r.URL.String()] == nil {
					recorded, received := httptest.NewRecorder(), r.Clone(r.Context())
					received.Body = http.NoBody
					box.ServeHTTP(recorded, received)
					answers[r.URL.String()] = recorded.Body.Bytes()
				}
				body := answers[r.URL.String()]
				return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Length": {strconv.Itoa(len(body))}}, Body: io.NopCloser(bytes.NewReader(body))}, nil
			})})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := read(pd); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
