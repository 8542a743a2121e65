package alert

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// block is one alert in the text that Prometheus Alertmanager and Grafana send for a
// group of them: its labels, annotations and links.
type block struct {
	labels, annotations, links map[string]string
	value                      string
	order                      []string // of the links
	rest                       string   // lines of another form
}

func isGrafana(f *fields, _ pdapi.Alert) bool {
	firing := f.look("firing")
	return f.has("firing", "num_firing") &&
		(strings.Contains(firing, "\nSilence: ") || strings.Contains(firing, "Value: ") || strings.Contains(firing, "grafana_folder"))
}

// readFiring reads the default details of a pagerduty_config of Alertmanager
// (https://prometheus.io/docs/alerting/latest/configuration/#pagerduty_config) and of
// Grafana's contact point for PagerDuty
// (https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/pager-duty/).
func readFiring(f *fields, a *Alert) {
	from := "firing"
	if strings.TrimSpace(f.look(from)) == "" {
		from = "resolved"
	}
	blocks := readBlocks(f.look(from))
	if len(blocks) == 0 {
		return // a template of their own: shown as it is
	}
	delete(f.all, from)
	if f.look("num_resolved") == "0" {
		delete(f.all, "num_resolved")
	}
	if f.look("num_firing") == fmt.Sprint(len(blocks)) {
		delete(f.all, "num_firing")
	}
	one, shown := blocks[0], maps.Clone(blocks[0].annotations)
	a.Metric, a.Value = take(one.labels, "alertname"), one.value
	if host := take(one.labels, "instance"); host != "" {
		a.at(f, host)
	} else {
		a.at(f, take(one.labels, "pod"))
	}
	a.say(take(one.annotations, "summary"))
	a.say(take(one.annotations, "description"))
	a.say(take(one.annotations, "message"))
	for _, name := range slices.Sorted(maps.Keys(one.annotations)) {
		if strings.HasSuffix(name, "_url") && isURL(one.annotations[name]) {
			a.link(strings.TrimSuffix(name, "_url"), take(one.annotations, name))
		}
	}
	for _, name := range one.order {
		a.link(name, one.links[name])
	}
	if len(one.labels) > 0 {
		f.all["labels"] = anyMap(one.labels)
	}
	if len(one.annotations) > 0 {
		f.all["annotations"] = anyMap(one.annotations)
	}
	if one.rest != "" {
		f.add("text", one.rest)
	}
	var others []any
	for _, b := range blocks[1:] {
		others = append(others, b.besides(shown, one.links))
	}
	if len(others) > 0 {
		f.all["also_firing"] = others
	}
}

// besides is what a block says that the first one of its group does not: its labels, and
// the annotations and links of its own.
func (b block) besides(annotations, links map[string]string) map[string]any {
	out := fields{anyMap(b.labels)}
	for _, own := range []struct{ all, shown map[string]string }{
		{b.annotations, annotations}, {b.links, links}, {map[string]string{"value": b.value, "text": b.rest}, nil},
	} {
		for _, name := range slices.Sorted(maps.Keys(own.all)) {
			if value := own.all[name]; value != own.shown[name] {
				out.add(name, value)
			}
		}
	}
	return out.all
}

var labelLine = wording.Pattern(`^\s*-\s*([\w.]+) = (.*)$`)

// readBlocks reads the text of a group: blocks that begin with Labels, before which
// Grafana writes the values.
func readBlocks(text string) []block {
	var blocks []block
	var into map[string]string
	value, before, last := "", "", "" // last is the label whose text goes on in the next line
	for line := range strings.SplitSeq(text, "\n") {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch {
		case name == "Labels":
			blocks = append(blocks, block{labels: map[string]string{}, annotations: map[string]string{}, links: map[string]string{}, value: value, rest: before})
			into, value, before, last = blocks[len(blocks)-1].labels, "", "", ""
		case name == "Value":
			value = strings.TrimSpace(rest)
		case len(blocks) == 0:
			before = strings.TrimPrefix(before+"\n"+line, "\n")
		case name == "Annotations":
			into, last = blocks[len(blocks)-1].annotations, ""
		case labelLine().MatchString(line):
			m := labelLine().FindStringSubmatch(line)
			into[m[1]], last = m[2], m[1]
		case isURL(strings.TrimSpace(rest)):
			b := &blocks[len(blocks)-1]
			b.links[name], b.order = strings.TrimSpace(rest), append(b.order, name)
			last = ""
		case strings.TrimSpace(line) == "":
		case last != "":
			into[last] += "\n" + line
		default:
			b := &blocks[len(blocks)-1]
			b.rest = strings.TrimPrefix(b.rest+"\n"+line, "\n")
		}
	}
	return blocks
}

func take(m map[string]string, name string) string {
	value := m[name]
	delete(m, name)
	return value
}

func anyMap(m map[string]string) map[string]any {
	out := map[string]any{}
	for name, value := range m {
		out[name] = value
	}
	return out
}
