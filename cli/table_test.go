package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTable(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ result, want string }{
		"a list": {
			`{"incidents":[{"id":"Q1","title":"Pay\nments","service":{"id":"P1","summary":"Checkout"},"teams":[{"id":"P2","summary":"A"},{"id":"P3","summary":"B"}]},{"id":"Q2","urgency":"high"}],"count":2,"note":"One is left out."}`,
			"ID  TITLE      SERVICE   TEAMS  URGENCY\n" +
				"Q1  Pay ments  Checkout  A, B   \n" +
				"Q2                              high\n\n" +
				"count  2\nnote   One is left out.\n",
		},
		"one thing":           {`{"id":"P1","name":"Checkout","timeouts":{"ack":1800},"open":true}`, "id        P1\nname      Checkout\ntimeouts  ack 1800\nopen      true\n"},
		"an empty list":       {`{"incidents":[],"count":0}`, "incidents  \ncount      0\n"},
		"not an object":       {`"text"`, "\"text\"\n"},
		"a long text":         {`{"r":[{"text":"` + strings.Repeat("x", 100) + `"}]}`, "TEXT\n" + strings.Repeat("x", 47) + "…\n\n"},
		"texts, side by side": {`{"r":"x","who":["Ana","Ben"]}`, "r    x\nwho  Ana, Ben\n"},
		"long texts":          {`{"r":"x","who":["` + strings.Repeat("a", 90) + `","` + strings.Repeat("b", 90) + `"]}`, "r    x\nwho  " + strings.Repeat("a", 90) + "\n     " + strings.Repeat("b", 90) + "\n"},
		"a text of lines":     {`{"r":"x","markdown":"# A\n\n| b\tc |\n"}`, "r         x\nmarkdown  # A\n          \n          | b c |\n"},
		"records in it":       {`{"r":"x","next":[{"for":"A","at":"9:00"},{"for":"Bee"}]}`, "r     x\nnext  FOR  AT\n      A    9:00\n      Bee  \n"},
		"references in it":    {`{"r":"x","teams":[{"id":"P1","summary":"A"},{"id":"P2","summary":"B"}]}`, "r      x\nteams  A, B\n"},
		"records with long texts": {
			`{"r":"x","seen":[{"id":"Q1","notes":["` + strings.Repeat("x", 60) + `"]},{"id":"Q2"}]}`,
			"r     x\nseen  - id     Q1\n        notes  " + strings.Repeat("x", 60) + "\n      - id  Q2\n",
		},
		"a null, a number": {`{"a":null,"b":12345678901234567890}`, "a  \nb  12345678901234567890\n"},
	} {
		var got strings.Builder
		if err := writeTable(&got, []byte(c.result)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, got.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
