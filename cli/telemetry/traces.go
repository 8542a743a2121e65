package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

// Traces are spans of calls, and of the requests to PagerDuty that they make.
type Traces struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
	context  propagation.TraceContext
}

// NewTraces returns traces that go where the standard variables say, or nil if they say
// nothing: OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, and with
// them OTEL_EXPORTER_OTLP_HEADERS, OTEL_EXPORTER_OTLP_TIMEOUT, OTEL_TRACES_EXPORTER and
// OTEL_SDK_DISABLED. The SDK itself reads OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES,
// OTEL_TRACES_SAMPLER, and OTEL_BSP_*.
func NewTraces(ctx context.Context, getenv func(string) string, version string, log *slog.Logger) (*Traces, error) {
	e, err := exporterOf(getenv, "pagerduty-mcp/"+version)
	if e == nil || err != nil {
		return nil, err
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("tracing", "error", err) }))
	about, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", "pagerduty-mcp"), attribute.String("service.version", version)),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil && !errors.Is(err, resource.ErrPartialResource) {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(e), sdktrace.WithResource(about))
	return &Traces{provider: provider, tracer: provider.Tracer("github.com/PagerDuty/pagerduty-mcp", trace.WithInstrumentationVersion(version))}, nil
}

// exporterOf reads the variables that say where traces go. It returns nil if they go
// nowhere.
func exporterOf(getenv func(string) string, agent string) (*exporter, error) {
	// A variable for traces wins over the one for everything.
	first := func(names ...string) (name, value string) {
		for _, name := range names {
			if value := strings.TrimSpace(getenv(name)); value != "" {
				return name, value
			}
		}
		return "", ""
	}
	name, endpoint := first("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
	_, kind := first("OTEL_TRACES_EXPORTER")
	switch {
	case strings.EqualFold(strings.TrimSpace(getenv("OTEL_SDK_DISABLED")), "true") || kind == "none":
		return nil, nil
	case kind == "" && endpoint == "":
		return nil, nil
	case kind != "" && kind != "otlp":
		return nil, errors.New("OTEL_TRACES_EXPORTER: only otlp and none are known")
	case endpoint == "":
		name, endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318"
	}
	if name, protocol := first("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"); protocol != "" && protocol != "http/protobuf" {
		return nil, fmt.Errorf("%s: only http/protobuf is known, which collectors take at port 4318", name)
	}
	to, err := url.Parse(endpoint)
	if err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https" {
		return nil, fmt.Errorf("%s is no URL, such as http://localhost:4318", name)
	}
	if name == "OTEL_EXPORTER_OTLP_ENDPOINT" {
		to = to.JoinPath("v1", "traces")
	}
	e := &exporter{url: to.String(), header: http.Header{"Content-Type": {"application/x-protobuf"}, "User-Agent": {agent}},
		client: &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	name, given := first("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS")
	for pair := range strings.SplitSeq(given, ",") {
		key, value, ok := strings.Cut(pair, "=")
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if pair = strings.TrimSpace(pair); pair != "" && (!ok || err != nil) {
			return nil, fmt.Errorf("%s is not of the form name=value,name=value", name)
		}
		if key = strings.TrimSpace(key); key != "" {
			e.header.Set(key, value)
		}
	}
	if name, given := first("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"); given != "" {
		limit, err := time.ParseDuration(given + "ms")
		if err != nil || limit <= 0 {
			return nil, fmt.Errorf("%s is no number of milliseconds", name)
		}
		e.client.Timeout = limit
	}
	return e, nil
}

// Incoming puts the trace that a request belongs to into its context.
func (t *Traces) Incoming(ctx context.Context, header http.Header) context.Context {
	return t.context.Extract(ctx, propagation.HeaderCarrier(header))
}

// Call implements [server.Observer].
func (t *Traces) Call(ctx context.Context, tool string) (context.Context, func(outcome string)) {
	ctx, span := t.tracer.Start(ctx, "tools/call "+tool, trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(attribute.String("mcp.method.name", "tools/call"), attribute.String("gen_ai.tool.name", tool)))
	return ctx, func(outcome string) {
		span.SetAttributes(attribute.String("pagerduty_mcp.outcome", outcome))
		if outcome != "ok" {
			span.SetStatus(codes.Error, outcome)
		}
		span.End()
	}
}

// Attempt is a [pdapi.Observer]. It passes the trace on.
func (t *Traces) Attempt(ctx context.Context, a pdapi.Attempt, header http.Header) (context.Context, func(status int, err error)) {
	ctx, span := t.tracer.Start(ctx, a.Method+" "+a.Path, trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attribute.String("http.request.method", a.Method), attribute.String("url.template", a.Path), attribute.Int("http.request.resend_count", a.Number-1)))
	t.context.Inject(ctx, propagation.HeaderCarrier(header))
	return ctx, func(status int, err error) {
		switch {
		case err != nil: // its words may hold an address
			span.SetStatus(codes.Error, "no answer")
		default:
			span.SetAttributes(attribute.Int("http.response.status_code", status))
			if status >= http.StatusBadRequest {
				span.SetStatus(codes.Error, http.StatusText(status))
			}
		}
		span.End()
	}
}

// Close sends what is left.
func (t *Traces) Close(ctx context.Context) error { return t.provider.Shutdown(ctx) }
