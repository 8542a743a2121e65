package alert

import (
	"regexp"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// shapes tell the tools by what their details look like. The first that fits counts.
var shapes = []struct {
	tool string
	fits func(*fields, pdapi.Alert) bool
	read func(*fields, *Alert)
}{
	{"Datadog", having("monitor_state", "query"), readDatadog},
	{"Datadog", having("monitor_state", "event_id"), readDatadog},
	{"Amazon CloudWatch", having("NewStateReason"), readCloudWatch},
	{"Amazon CloudWatch", having("NewStateValue", "Trigger"), readCloudWatch},
	{"Grafana", isGrafana, readFiring},
	{"Prometheus Alertmanager", having("firing", "num_firing"), readFiring},
	{"Sentry", having("eventID", "culprit"), readSentry},
	{"Sentry", having("groupID", "platform"), readSentry},
	{"New Relic", having("Alert Condition Names"), readNewRelic},
	{"New Relic", having("IssueURL", "Total Incidents"), readNewRelic},
	{"New Relic", having("condition_name", "policy_name"), readNewRelicPolicy},
	{"e-mail", isEmail, readEmail},
}

func having(names ...string) func(*fields, pdapi.Alert) bool {
	return func(f *fields, _ pdapi.Alert) bool { return f.has(names...) }
}

var (
	queried    = wording.Pattern(`:([\w.*-]+)\s*\{`)
	compared   = wording.Pattern(`(>=|<=|==|!=|>|<)\s*(-?[\d.]+)`)
	metricWas  = wording.Pattern(`(?i)metric value:\s*(-?[\d.eE+-]*\d)`)
	datapoints = wording.Pattern(`\[([^\]]*)\]`)
	hostTag    = wording.Pattern(`(?:^|,)\s*host:([^,\s]+)`)
)

// comparison finds a threshold in a text: the last one, because a query ends in it.
func comparison(text string) string {
	found := compared().FindAllStringSubmatch(text, -1)
	if len(found) == 0 {
		return ""
	}
	last := found[len(found)-1]
	return last[1] + " " + strings.TrimRight(last[2], ".")
}

func first(re *regexp.Regexp, text string) string {
	if m := re.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// readDatadog reads what Datadog's integration sends
// (https://docs.datadoghq.com/integrations/pagerduty/).
func readDatadog(f *fields, a *Alert) {
	a.Query = f.take("query")
	a.Metric, a.Threshold = first(queried(), a.Query), comparison(a.Query)
	body := f.take("body")
	a.Value = first(metricWas(), body)
	a.say(body)
	f.say(a, "title")
	a.at(f, first(hostTag(), f.look("tags")))
}

// readCloudWatch reads a CloudWatch alarm as SNS passes it on
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html).
func readCloudWatch(f *fields, a *Alert) {
	reason := f.take("NewStateReason")
	a.say(reason)
	f.say(a, "AlarmDescription")
	// The datapoints, as in [38.0 (02/03/26 11:18:00)].
	if in := first(datapoints(), reason); in != "" {
		a.Value, _, _ = strings.Cut(in, " (")
	}
	trigger := f.object("Trigger")
	defer f.keep("Trigger", trigger)
	a.Metric = strings.TrimPrefix(trigger.take("Namespace")+"/"+trigger.take("MetricName"), "/")
	if limit := trigger.take("Threshold"); limit != "" {
		operator := trigger.take("ComparisonOperator")
		for words, sign := range map[string]string{
			"GreaterThanThreshold": ">", "GreaterThanOrEqualToThreshold": ">=", "LessThanThreshold": "<", "LessThanOrEqualToThreshold": "<=",
		} {
			if operator == words {
				operator = sign
			}
		}
		a.Threshold = strings.TrimSpace(operator + " " + limit)
	}
	var places []string
	dimensions, listed := trigger.all["Dimensions"].([]any)
	for _, d := range dimensions {
		one, _ := d.(map[string]any)
		name, named := single(one["name"])
		value, valued := single(one["value"])
		if named && valued && len(one) == 2 {
			places = append(places, name+"="+value)
		}
	}
	if listed && len(places) == len(dimensions) {
		delete(trigger.all, "Dimensions")
	}
	a.at(f, strings.Join(places, ", "))
}

// readSentry reads an event of Sentry's integration (ExternalEventSerializer in
// https://github.com/getsentry/sentry).
func readSentry(f *fields, a *Alert) {
	a.Metric = f.take("culprit")
	f.say(a, "title")
	f.say(a, "message")
	f.say(a, "location")
	tags, _ := f.all["tags"].([]any)
	if len(tags) == 0 {
		return
	}
	left, host := map[string]any{}, ""
	for _, t := range tags {
		name, value, ok := tag(t)
		switch _, twice := left[name]; {
		case !ok || twice:
			return // not as Sentry writes them: they stay as they are
		case name == "server_name" && host == "":
			host = value
		default:
			left[name] = value
		}
	}
	a.at(f, host)
	f.all["tags"] = left
}

// tag reads a tag, which Sentry writes as an object or as a pair.
func tag(written any) (name, value string, ok bool) {
	var key, val any
	switch t := written.(type) {
	case map[string]any:
		key, val, ok = t["key"], t["value"], len(t) == 2
	case []any:
		if ok = len(t) == 2; ok {
			key, val = t[0], t[1]
		}
	}
	name, named := single(key)
	value, valued := single(val)
	return name, value, ok && named && valued && name != ""
}

// readNewRelic reads what New Relic's workflows send unless told otherwise
// (https://docs.newrelic.com/docs/alerts/get-notified/notification-integrations/).
func readNewRelic(f *fields, a *Alert) {
	a.Metric = f.take("Alert Condition Names")
	a.at(f, f.take("Impacted Entities"))
	a.Threshold = comparison(a.Summary)
	about := f.take("Description")
	if a.Threshold == "" {
		a.Threshold = comparison(about)
	}
	a.say(about)
	a.link("Issue", f.take("IssueURL"))
	a.link("Runbook", f.take("Runbook"))
}

// readNewRelicPolicy reads what New Relic's policies sent before there were
// workflows.
func readNewRelicPolicy(f *fields, a *Alert) {
	a.Metric = f.take("condition_name")
	about := f.take("details")
	a.Threshold = comparison(about)
	a.say(about)
	a.link("Incident", f.take("incident_url"))
	a.link("Policy", f.take("policy_url"))
	a.link("Runbook", f.take("runbook_url"))
	a.image(f.take("violation_chart_url"))
	var names []string
	targets, _ := f.all["targets"].([]any)
	for _, t := range targets {
		if one, ok := t.(map[string]any); ok {
			name, _ := single(one["name"])
			names = append(names, name)
		}
	}
	a.at(f, strings.Join(names, ", "))
}

func isEmail(f *fields, from pdapi.Alert) bool {
	mail := from.Integration != nil && strings.Contains(from.Integration.Type, "email")
	return f.has("subject", "body") && (mail || f.has("from"))
}

func readEmail(f *fields, a *Alert) {
	f.say(a, "subject")
	f.say(a, "body")
	a.at(f, f.take("from"))
	if kind := f.look("body_content_type"); kind == "text/plain" || kind == "text/html" {
		f.take("body_content_type") // how the text was written, not what it says
	}
}

// say adds a member to the alert's message.
func (f *fields) say(a *Alert, name string) { a.say(f.take(name)) }

// readUsual reads the fields that many tools have under one of a few names.
func readUsual(f *fields, a *Alert) {
	for _, u := range []struct {
		into  *string
		names []string
	}{
		{&a.Metric, []string{"metric", "metricname", "check", "checkname", "alertname"}},
		{&a.Value, []string{"value", "currentvalue", "current", "actual", "metricvalue"}},
		{&a.Threshold, []string{"threshold", "limit", "alertthreshold"}},
		{&a.Component, []string{"component"}},
		{&a.Class, []string{"class"}},
		{&a.Group, []string{"group"}},
	} {
		if *u.into == "" {
			*u.into = f.takeAny(u.names...)
		}
	}
	// Many give the tool's name as the source of an event.
	if a.Host == "" || !strings.ContainsAny(a.Host, ".-:=") {
		a.at(f, f.takeAny("host", "hostname", "instance", "server"))
	}
	if a.Value != "" && f.look("unit") != "" {
		a.Value += " " + f.take("unit")
	}
	for _, name := range []string{"runbook", "runbook_url", "dashboard", "dashboard_url", "url", "link", "graph_url"} {
		if isURL(f.look(name)) {
			a.link(strings.TrimSuffix(name, "_url"), f.take(name))
		}
	}
}

func isURL(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}
