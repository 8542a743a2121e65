package sandbox

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// monitor is a monitoring tool. Its payload is what PagerDuty keeps of an event of
// the tool: the details and the links and images beside them. They have the shape
// that the tool's documentation, or its source, gives.
type monitor struct {
	name, integration string
	class             string // of its events
	payload           func(*alert) (details any, contexts []obj)
}

// The tools that watch the company's services.
var (
	eventsAPI    = &monitor{"Events API v2", eventsV2, "check", eventsPayload}
	datadog      = &monitor{"Datadog", eventsV2, "", datadogPayload}
	cloudWatch   = &monitor{"Amazon CloudWatch", "aws_cloudwatch_inbound_integration", "", cloudWatchPayload}
	alertmanager = &monitor{"Alertmanager", eventsV2, "", alertmanagerPayload}
	grafana      = &monitor{"Grafana", eventsV2, "", grafanaPayload}
	sentry       = &monitor{"Sentry", eventsV2, "", sentryPayload}
	newRelic     = &monitor{"New Relic", eventsV2, "", newRelicPayload}
	email        = &monitor{"Email", "generic_email_inbound_integration", "", emailPayload}
)

// measure is what a tool watches, and from where on it says something.
type measure struct {
	metric, unit string
	threshold    int
}

// watches say which tool notices what, by a part of the incident's title.
var watches = []struct {
	part, metric, unit string
	by                 *monitor
	threshold          int
}{
	{"card authorizations failing", "payments.authorization.error_rate", "%", datadog, 5},
	{"orders stuck", "PaymentTimeoutError", "", sentry, 0},
	{"upstream timeouts", "Upstream response time", "s", newRelic, 2},
	{"5xx on", "HTTPCode_Target_5XX_Count", "Count", cloudWatch, 20},
	{"delivery latency", "push_delivery_latency_ms", "ms", alertmanager, 800},
	{"queue depth", "queue_depth", "", grafana, 500},
	{"jobs queued", "ci_jobs_queued", "", grafana, 10},
	{"nightly import", "import_delay", "h", eventsAPI, 1},
	{"latency", "trace.http.request.duration.p99", "ms", datadog, 400},
	{"rror rate", "Error percentage", "%", newRelic, 3},
	{"isk usage", "disk_used_percent", "Percent", cloudWatch, 85},
	{"ueue depth", "queue_depth", "", grafana, 500},
	{"CrashLoopBackOff", "kube_pod_container_status_waiting_reason", "", alertmanager, 1},
	{"ertificate", "certificate_days_left", "d", eventsAPI, 14},
	{"eplication lag", "ReplicaLag", "Seconds", cloudWatch, 30},
	{"ealth check", "health_check", "", eventsAPI, 0},
	{"emory usage", "container_memory_working_set_bytes", "%", alertmanager, 90},
	{"onnection pool", "PoolTimeoutError", "", sentry, 0},
}

// watch is what notices an incident with a title: by e-mail comes what nothing else
// watches.
func watch(title string) (*monitor, measure) {
	for _, w := range watches {
		if strings.Contains(title, w.part) {
			return w.by, measure{w.metric, w.unit, w.threshold}
		}
	}
	return email, measure{}
}

func link(href, text string) obj { return obj{"type": "link", "href": href, "text": text} }

func image(src, href, alt string) obj {
	return obj{"type": "image", "src": src, "href": href, "text": alt}
}

func eventsPayload(al *alert) (any, []obj) {
	return obj{
		"check": al.measured.metric, "value": al.value, "threshold": al.measured.threshold, "unit": al.measured.unit, "host": al.host(),
		"runbook": "https://runbooks.northwind.example/" + al.service.slug(),
	}, []obj{link("https://checks.northwind.example/"+al.measured.metric, "Check")}
}

// See https://docs.datadoghq.com/integrations/pagerduty/.
func datadogPayload(al *alert) (any, []obj) {
	slug := al.service.slug()
	monitor := fmt.Sprintf("https://app.datadoghq.com/monitors#8449881?to_ts=%d000", al.created.Unix())
	return obj{
		"title": al.name, "tags": "env:prod, host:" + al.host() + ", monitor, service:" + slug, "org": "Northwind", "priority": "normal",
		"query":         fmt.Sprintf("avg(last_5m):avg:%s{env:prod,service:%s} by {host} > %d", al.measured.metric, slug, al.measured.threshold),
		"monitor_state": "Triggered", "event_type": "query_alert_monitor", "event_id": strconv.FormatInt(4858216653438624768+al.created.Unix(), 10),
		"body": fmt.Sprintf("@pagerduty-%s %s over env:prod,host:%s was > %d.0 on average during the last 5m.\n\nMetric value: %d.0",
			slug, al.measured.metric, al.host(), al.measured.threshold, al.value),
	}, []obj{image("https://p.datadoghq.com/snapshot/view/dd-snapshots-prod/"+slug+".png", monitor, "Snapshot of metric"), link(monitor, "Monitor Status")}
}

// See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html.
func cloudWatchPayload(al *alert) (any, []obj) {
	slug := al.service.slug()
	return obj{
		"AlarmName": slug + "-" + al.measured.metric, "AlarmDescription": al.name, "AWSAccountId": "123456789012", "Region": "EU (Frankfurt)",
		"AlarmArn": "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:" + slug + "-" + al.measured.metric, "OldStateValue": "OK", "NewStateValue": "ALARM",
		"NewStateReason": fmt.Sprintf("Threshold Crossed: 1 out of the last 1 datapoints [%d.0 (%s)] was greater than the threshold (%d.0) (minimum 1 datapoint for OK -> ALARM transition).",
			al.value, al.created.Format("02/01/06 15:04:05"), al.measured.threshold),
		"StateChangeTime": al.created.Format("2006-01-02T15:04:05.000-0700"),
		"Trigger": obj{
			"MetricName": al.measured.metric, "Namespace": "Northwind/" + slug, "StatisticType": "Statistic", "Statistic": "AVERAGE", "Unit": al.measured.unit, "Period": 60,
			"Dimensions":        []obj{{"name": "InstanceId", "value": "i-0" + strings.ToLower(al.id[1:])}, {"name": "Host", "value": al.host()}},
			"EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": al.measured.threshold, "TreatMissingData": "missing",
		},
	}, []obj{}
}

// See https://prometheus.io/docs/alerting/latest/configuration/#pagerduty_config.
func alertmanagerPayload(al *alert) (any, []obj) {
	slug := al.service.slug()
	return obj{
		"num_firing": "1", "num_resolved": "0", "resolved": "",
		"firing": fmt.Sprintf("Labels:\n - alertname = %s\n - instance = %s:9100\n - namespace = production\n - service = %s\n - severity = %s\n"+
			"Annotations:\n - description = %s is %d%s (limit %d).\n - runbook_url = https://runbooks.northwind.example/%s\n - summary = %s\n"+
			"Source: https://prometheus.northwind.example/graph?g0.expr=%s+%%3E+%d&g0.tab=1\n",
			camel(al.measured.metric), al.host(), slug, al.severity, al.measured.metric, al.value, al.measured.unit, al.measured.threshold, slug, al.name, al.measured.metric, al.measured.threshold),
	}, []obj{link("https://alertmanager.northwind.example/#/alerts?receiver=pagerduty", "Alertmanager")}
}

// See https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/pager-duty/.
func grafanaPayload(al *alert) (any, []obj) {
	slug := al.service.slug()
	return obj{
		"num_firing": "1", "num_resolved": "0", "resolved": "",
		"firing": fmt.Sprintf("\nValue: A=%d, C=1\nLabels:\n - alertname = %s\n - grafana_folder = Production\n - instance = %s\n - service = %s\n"+
			"Annotations:\n - summary = %s\n"+
			"Source: https://grafana.northwind.example/alerting/grafana/%s/view?orgId=1\n"+
			"Silence: https://grafana.northwind.example/alerting/silence/new?alertmanager=grafana&matcher=service%%3D%s&orgId=1\n"+
			"Dashboard: https://grafana.northwind.example/d/%s?orgId=1\nPanel: https://grafana.northwind.example/d/%s?orgId=1&viewPanel=4\n",
			al.value, camel(al.measured.metric), al.host(), slug, al.name, al.id, slug, slug, slug),
	}, []obj{image("https://grafana.northwind.example/render/"+slug+".png", "https://grafana.northwind.example/d/"+slug, "Panel")}
}

// See ExternalEventSerializer in https://github.com/getsentry/sentry.
func sentryPayload(al *alert) (any, []obj) {
	slug := al.service.slug()
	return obj{
		"groupID": "5071" + strconv.Itoa(int(al.id[1])), "eventID": strings.ToLower(al.key), "project": slug, "platform": "python", "title": al.measured.metric + ": " + al.name,
		"message": al.measured.metric + ": " + al.name, "location": "app/clients/acquirer.py", "culprit": "app.clients.acquirer in authorize",
		"datetime": al.created.Format("2006-01-02T15:04:05.000000Z"),
		"tags": []obj{
			{"key": "environment", "value": "production"}, {"key": "level", "value": "error"}, {"key": "release", "value": slug + "@412"},
			{"key": "server_name", "value": al.host()},
		},
		"user": nil,
	}, []obj{link("https://northwind.sentry.io/issues/5071"+strconv.Itoa(int(al.id[1]))+"/?referrer=pagerduty_integration", "View Sentry Issue Details")}
}

// See https://docs.newrelic.com/docs/alerts/get-notified/notification-integrations/.
func newRelicPayload(al *alert) (any, []obj) {
	slug := al.service.slug()
	issue := "https://radar-api.service.newrelic.com/accounts/1377700/issues/" + strings.ToLower(al.key) + "?notifier=PAGERDUTY_SERVICE_INTEGRATION"
	return obj{
		"id": strings.ToLower(al.key), "IssueURL": issue, "NewRelic priority": "CRITICAL", "Total Incidents": "1", "Impacted Entities": slug,
		"Runbook": "", "Description": fmt.Sprintf("%s > %d.0 for at least 5 minutes on '%s'; it is %d.0", al.measured.metric, al.measured.threshold, slug, al.value),
		"isCorrelated": "false", "Alert Policy Names": "Golden signals", "Alert Condition Names": al.measured.metric, "Workflow Name": "Policy: 3818680 - Golden signals",
	}, []obj{link(issue, "Issue Page")}
}

func emailPayload(al *alert) (any, []obj) {
	return obj{
		"from": "billing@supplier.example", "to": al.service.slug() + "@northwind-demo.pagerduty.com", "subject": al.name,
		"body": "Dear customer,\nplease find attached our invoice.\n", "body_content_type": "text/plain",
	}, []obj{}
}

// camel writes a metric as alerts are named: queue_depth is QueueDepth.
func camel(metric string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(metric, func(r rune) bool { return r == '_' || r == '.' || r == ' ' }) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// addAlerts gives an incident the alerts that it was opened by: one at its beginning,
// the others minutes apart, as far as it was open then.
func (i *incident) addAlerts(now time.Time) {
	by, what := watch(i.title)
	measured := 0
	for _, found := range numbers.FindAllString(i.title, -1) {
		n, _ := strconv.Atoi(found)
		measured = max(measured, n)
	}
	for n := range i.grouped {
		at := i.created.Add(time.Duration(n*2) * time.Minute)
		if at.After(now) || !i.resolved.IsZero() && !at.Before(i.resolved) {
			at = i.created
		}
		i.addAlert(by, what, i.title, measured+n, at)
	}
	if !i.resolved.IsZero() {
		i.endAlerts(i.resolved)
	}
}

// addAlert gives an incident an alert. Its id follows from those of the incident and
// of the alerts before.
func (i *incident) addAlert(by *monitor, what measure, summary string, value int, at time.Time) *alert {
	id := i.logID("alert " + strconv.Itoa(len(i.alerts)))
	severity := "critical"
	if i.urgency == "low" {
		severity = "warning"
	}
	al := &alert{record: record{"Q" + id[1:], summary}, key: i.key[:24] + id[6:], severity: severity, incident: i, service: i.service, created: at, tool: by, measured: what, value: value}
	i.alerts = append(i.alerts, al)
	return al
}
