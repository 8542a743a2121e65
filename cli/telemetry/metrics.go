// Package telemetry counts and traces what a server over HTTP does, by the client library
// of Prometheus and the SDK of OpenTelemetry. Neither arguments nor answers nor
// credentials get into either; nor do ids, which would make too many series.
package telemetry

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/server"
)

// Metrics are what Prometheus gets to see.
type Metrics struct {
	registry *prometheus.Registry

	calls     *prometheus.CounterVec
	durations *prometheus.HistogramVec
	refused   *prometheus.CounterVec
	requests  *prometheus.CounterVec
	retries   prometheus.Counter
	upstream  prometheus.Histogram
}

// NewMetrics returns metrics that begin at zero.
func NewMetrics() *Metrics {
	const prefix = "pagerduty_mcp_"
	seconds := []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}
	m := &Metrics{
		registry:  prometheus.NewRegistry(),
		calls:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: prefix + "calls_total", Help: "Calls of tools, by how they ended."}, []string{"tool", "outcome"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: prefix + "call_duration_seconds", Help: "How long calls of tools took.", Buckets: seconds}, []string{"tool"}),
		refused:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: prefix + "refused_requests_total", Help: "Requests that were not taken."}, []string{"reason"}),
		requests:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: prefix + "upstream_requests_total", Help: "Requests to PagerDuty, by the status of the answer; none if there was no answer."}, []string{"method", "status"}),
		retries:   prometheus.NewCounter(prometheus.CounterOpts{Name: prefix + "upstream_retries_total", Help: "Requests to PagerDuty that were sent again."}),
		upstream:  prometheus.NewHistogram(prometheus.HistogramOpts{Name: prefix + "upstream_duration_seconds", Help: "How long PagerDuty took to answer.", Buckets: seconds}),
	}
	m.registry.MustRegister(m.calls, m.durations, m.refused, m.requests, m.retries, m.upstream,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Watch adds what a server says of itself at the moment of a scrape.
func (m *Metrics) Watch(stats func() server.Stats) { m.registry.MustRegister(gauges{stats}) }

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4})
}

// Refused counts a request that was not taken.
func (m *Metrics) Refused(reason string) { m.refused.WithLabelValues(reason).Inc() }

// Call implements [server.Observer].
func (m *Metrics) Call(ctx context.Context, tool string) (context.Context, func(outcome string)) {
	begun := time.Now()
	return ctx, func(outcome string) {
		m.calls.WithLabelValues(tool, outcome).Inc()
		m.durations.WithLabelValues(tool).Observe(time.Since(begun).Seconds())
	}
}

// Attempt is a [pdapi.Observer].
func (m *Metrics) Attempt(ctx context.Context, a pdapi.Attempt, _ http.Header) (context.Context, func(status int, err error)) {
	begun := time.Now()
	return ctx, func(status int, err error) {
		word := "none"
		if err == nil {
			word = strconv.Itoa(status)
		}
		m.requests.WithLabelValues(a.Method, word).Inc()
		m.upstream.Observe(time.Since(begun).Seconds())
		if a.Number > 1 {
			m.retries.Inc()
		}
	}
}

// gauges are what is going on at a moment.
type gauges struct{ stats func() server.Stats }

// Describe implements [prometheus.Collector]. It names nothing, which the library allows.
func (g gauges) Describe(chan<- *prometheus.Desc) {}

// Collect implements [prometheus.Collector].
func (g gauges) Collect(to chan<- prometheus.Metric) {
	now := g.stats()
	gauge := func(name, help string, value int) {
		to <- prometheus.MustNewConstMetric(prometheus.NewDesc("pagerduty_mcp_"+name, help, nil, nil), prometheus.GaugeValue, float64(value))
	}
	gauge("requests_in_flight", "Requests at work.", now.Calls)
	gauge("held_bytes", "Bytes of requests at work and of answers that wait for their readers.", now.Bytes)
	gauge("sessions", "Credentials that something is kept for.", now.Sessions)
	if now.Budget >= 0 {
		gauge("rate_limit_remaining", "The least that PagerDuty said is left of a credential's rate limit.", now.Budget)
	}
}
