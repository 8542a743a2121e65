package telemetry

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/protobuf/encoding/protowire"
)

// exporter sends spans to a collector, by OTLP over HTTP. OpenTelemetry's own exporter
// does the same and links gRPC, even where it speaks HTTP: 8 MB, and a part of each start
// of the program, for these few fields
// (https://github.com/open-telemetry/opentelemetry-proto/tree/main/opentelemetry/proto/trace/v1).
type exporter struct {
	url    string
	header http.Header
	client *http.Client
}

// ExportSpans implements [sdktrace.SpanExporter]. Spans that the collector does not take
// are lost: nothing waits for them.
func (e *exporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if len(spans) == 0 {
		return nil
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(encode(spans)))
	if err != nil {
		return fmt.Errorf("sending %d spans: %w", len(spans), err)
	}
	r.Header = e.header.Clone()
	resp, err := e.client.Do(r)
	if err != nil {
		return fmt.Errorf("sending %d spans: %w", len(spans), err)
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // so that the connection can be used again
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("sending %d spans: the collector answered %s", len(spans), resp.Status)
	}
	return nil
}

// Shutdown implements [sdktrace.SpanExporter].
func (e *exporter) Shutdown(context.Context) error {
	e.client.CloseIdleConnections()
	return nil
}

// message is a message of protobuf as it is written.
type message []byte

func (m message) bytes(field protowire.Number, value []byte) message {
	return protowire.AppendBytes(protowire.AppendTag(m, field, protowire.BytesType), value)
}

func (m message) text(field protowire.Number, value string) message {
	return m.bytes(field, []byte(value))
}

func (m message) number(field protowire.Number, value uint64) message {
	return protowire.AppendVarint(protowire.AppendTag(m, field, protowire.VarintType), value)
}

func (m message) fixed64(field protowire.Number, value int64) message {
	return protowire.AppendFixed64(protowire.AppendTag(m, field, protowire.Fixed64Type), uint64(value)) //nolint:gosec // nanoseconds since 1970
}

func (m message) attributes(field protowire.Number, all []attribute.KeyValue) message {
	for _, a := range all {
		var value message
		switch a.Value.Type() {
		case attribute.BOOL:
			truth := uint64(0)
			if a.Value.AsBool() {
				truth = 1
			}
			value = value.number(2, truth)
		case attribute.INT64:
			value = value.number(3, uint64(a.Value.AsInt64())) //nolint:gosec // as protobuf encodes an int64
		default:
			value = value.text(1, a.Value.String())
		}
		m = m.bytes(field, message{}.text(1, string(a.Key)).bytes(2, value))
	}
	return m
}

// encode is spans as an ExportTraceServiceRequest. All are of one resource and one scope,
// since one tracer makes them.
func encode(spans []sdktrace.ReadOnlySpan) []byte {
	scope := spans[0].InstrumentationScope()
	scoped := message{}.bytes(1, message{}.text(1, scope.Name).text(2, scope.Version))
	for _, span := range spans {
		scoped = scoped.bytes(2, encodeSpan(span))
	}
	about := message{}.attributes(1, spans[0].Resource().Attributes())
	return message{}.bytes(1, message{}.bytes(1, about).bytes(2, scoped))
}

func encodeSpan(s sdktrace.ReadOnlySpan) message {
	trace, span := s.SpanContext().TraceID(), s.SpanContext().SpanID()
	m := message{}.bytes(1, trace[:]).bytes(2, span[:])
	if state := s.SpanContext().TraceState().String(); state != "" {
		m = m.text(3, state)
	}
	if parent := s.Parent().SpanID(); parent.IsValid() {
		m = m.bytes(4, parent[:])
	}
	m = m.text(5, s.Name()).number(6, uint64(s.SpanKind())). //nolint:gosec // the same numbers, none below 0
									fixed64(7, s.StartTime().UnixNano()).fixed64(8, s.EndTime().UnixNano()).attributes(9, s.Attributes())
	switch s.Status().Code {
	case codes.Ok:
		m = m.bytes(15, message{}.number(3, 1))
	case codes.Error:
		m = m.bytes(15, message{}.text(2, s.Status().Description).number(3, 2))
	}
	return protowire.AppendFixed32(protowire.AppendTag(m, 16, protowire.Fixed32Type), uint32(s.SpanContext().TraceFlags()))
}
