package alert_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/alert"
)

// TestShapes reads alerts as the tools write them, and compares what people look for
// first. The files have the shape that the tool documents; the values are made up.
func TestShapes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]alert.Alert{
		"datadog": {
			Tool: "Datadog", Metric: "paymentsapi.result_duration_msec.95percentile", Value: "278.34", Threshold: "> 250", Host: "pay-3.example",
			Images: []string{"https://p.datadoghq.com/snapshot/view/dd-snapshots-prod/org_1/2026-03-02/1.png"},
		},
		"cloudwatch":     {Tool: "Amazon CloudWatch", Metric: "AWS/EC2/CPUUtilization", Value: "91.3", Threshold: ">= 80", Host: "InstanceId=i-0abc"},
		"cloudwatch_sns": {Tool: "Amazon CloudWatch", Metric: "AWS/SQS/ApproximateAgeOfOldestMessage", Value: "1243.0", Threshold: "> 600", Host: "QueueName=orders"},
		"alertmanager":   {Tool: "Prometheus Alertmanager", Metric: "NodeFilesystemAlmostFull", Host: "db-2:9100"},
		"grafana":        {Tool: "Grafana", Metric: "QueueDepth", Value: "B=5212, C=1", Host: "worker-1"},
		"sentry":         {Tool: "Sentry", Metric: "app.views in checkout", Host: "web-7"},
		"newrelic":       {Tool: "New Relic", Metric: "High Disk Utilization", Threshold: "> 70.0", Host: "ip-10-64-0-228 (/)"},
		"newrelic_old":   {Tool: "New Relic", Metric: "API Request Failure", Host: "API Health Check"},
		"email":          {Tool: "e-mail", Host: "nagios@example.com"},
		"events_v2":      {Tool: "Monitoring Service", Metric: "ping_time", Value: "1500 ms", Threshold: "1000", Host: "monitoringtool.example", Component: "postgres", Class: "deploy", Group: "prod-datapipe"},
		"text":           {Tool: "Generic API"},
		"unknown":        {Tool: "Nagios", Host: "mysql-prod-db03.example"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(filepath.Join("testdata", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var read pdapi.Alert
			if err := json.Unmarshal(data, &read); err != nil {
				t.Fatal(err)
			}
			got := alert.Show(read)
			first := alert.Alert{
				Tool: got.Tool, Metric: got.Metric, Value: got.Value, Threshold: got.Threshold, Host: got.Host,
				Component: got.Component, Class: got.Class, Group: got.Group, Images: got.Images,
			}
			if want.Images == nil {
				first.Images = nil
			}
			if diff := cmp.Diff(want, first); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			everythingIsThere(t, read.Body.Details, got)
			if raw, _ := json.Marshal(alert.ShowRaw(read).Raw); !strings.Contains(string(raw), `"details"`) {
				t.Errorf("raw: %s", raw)
			}
		})
	}
}

// everythingIsThere holds that each value of an alert's details is somewhere in what
// is shown, but for those that say how another is written.
func everythingIsThere(t *testing.T, details json.RawMessage, shown alert.Alert) {
	t.Helper()
	text := flat(t, shown)
	var value any
	if err := json.Unmarshal(details, &value); err != nil {
		t.Fatal(err)
	}
	walk(value, func(name, leaf string) {
		var inner any
		switch {
		case leaf == "server_name" || name == "ComparisonOperator" || name == "body_content_type" || strings.HasPrefix(name, "num_"):
			return
		case name == "Message" && json.Unmarshal([]byte(leaf), &inner) == nil:
			return // the alarm inside an envelope is what counts
		}
		for line := range strings.SplitSeq(leaf, "\n") {
			for _, part := range []string{"Labels:", "Annotations:", "Value: ", "Source: ", "Silence: ", "Dashboard: ", "Panel: "} {
				line = strings.TrimPrefix(line, part)
			}
			if _, label, ok := strings.Cut(line, " = "); ok && strings.HasPrefix(line, " - ") {
				line = label
			}
			if line = strings.TrimSpace(line); line != "" && !strings.Contains(text, line) {
				t.Errorf("%s: %q is lost in %s", name, line, text)
			}
		}
	})
}

// flat is all that an alert shows, as text.
func flat(t *testing.T, shown alert.Alert) string {
	t.Helper()
	data, err := json.Marshal(shown)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	walk(value, func(name, leaf string) { all.WriteString(name + " " + leaf + "\n") })
	return all.String()
}

// walk visits the single values of a JSON value.
func walk(value any, visit func(name, leaf string)) {
	var in func(name string, value any)
	in = func(name string, value any) {
		switch value := value.(type) {
		case map[string]any:
			for name, v := range value {
				in(name, v)
			}
		case []any:
			for _, v := range value {
				in(name, v)
			}
		case nil:
		default:
			visit(name, fmt.Sprint(value))
		}
	}
	in("", value)
}

// TestTemplatesOfTheirOwn have lines between those that Alertmanager and Grafana write.
func TestTemplatesOfTheirOwn(t *testing.T) {
	t.Parallel()
	details := json.RawMessage(`{"num_firing":"2","firing":"Cluster prod is unwell\nLabels:\n - alertname = Down\n - instance = a:1\nSource: https://a.example\nCall Bea first\nLabels:\n - alertname = Down\n - value = label\nAnnotations:\n - summary = b is down\nSource: https://b.example\nValue: 7\nLabels:\n - alertname = Up\n"}`)
	text := flat(t, alert.Show(pdapi.Alert{Summary: "s", Body: &pdapi.AlertBody{Details: details}}))
	for _, want := range []string{"host a:1", "Cluster prod is unwell", "Call Bea first", "https://a.example", "value label", "summary b is down", "Source https://b.example", "value 7", "alertname Up"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is lost in %s", want, text)
		}
	}
}

// TestHugeDetailsAreCut holds that what is cut says so, and that the rest is JSON.
func TestHugeDetailsAreCut(t *testing.T) {
	t.Parallel()
	huge := map[string]any{}
	for n := range 400 {
		huge[fmt.Sprint("field", n)] = strings.Repeat("x", 300)
	}
	details, _ := json.Marshal(huge)
	got := alert.Show(pdapi.Alert{Summary: "s", Body: &pdapi.AlertBody{Details: details}})
	data, err := json.Marshal(got)
	if err != nil || len(data) > 2500 || !strings.Contains(string(data), "cut: ") {
		t.Errorf("%d bytes, %v: %.300s", len(data), err, data)
	}
	for _, odd := range []string{`[]`, `7`, `null`, `"` + strings.Repeat("long ", 900) + `"`, `{"firing":"x","num_firing":"1"}`, `{"Trigger":7,"NewStateReason":null}`, `{"tags":[7,[1]],"eventID":"x","culprit":{}}`} {
		if data, err := json.Marshal(alert.Show(pdapi.Alert{Body: &pdapi.AlertBody{Details: json.RawMessage(odd)}})); err != nil || len(data) > 3000 {
			t.Errorf("%.80s: %d bytes, %v", odd, len(data), err)
		}
	}
}
