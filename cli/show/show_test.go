package show

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// night is when the tests of this file take place.
var night = time.Date(2026, time.March, 2, 3, 0, 0, 0, time.UTC)

func TestTable(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer string
		width  int
		want   string
	}{
		"a list": {
			`{"incidents":[{"id":"Q1","title":"Pay\nments","service":{"id":"P1","summary":"Checkout"},"teams":[{"id":"P2","summary":"A"},{"id":"P3","summary":"B"}]},{"id":"Q2","urgency":"high"}],"count":2,"note":"One is left out."}`, 0,
			"ID  TITLE      SERVICE   TEAMS  URGENCY\n" +
				"Q1  Pay ments  Checkout  A, B\n" +
				"Q2                              high\n\n" +
				"2 incidents.\nOne is left out.\n",
		},
		"a narrow list": {
			`{"incidents":[{"id":"Q1","number":1,"title":"A title that is longer than the column","status":"triggered","teams":[{"id":"P2","summary":"A"}],"created_at":"2026-03-02T02:18:00Z"}],"count":1}`, 52,
			"NUMBER  TITLE                     STATUS     CREATED\n" +
				"1       A title that is longer…   triggered  42m ago\n\n" +
				"1 record.\nLeft out to fit: teams. -o json has everything.\n",
		},
		"wide characters": {
			`{"teams":[{"id":"P1","name":"決済チーム"},{"id":"P2","name":"Ops 🔥"},{"id":"P3","name":"e\u0301quipe"}],"count":3}`, 80,
			"ID  NAME\nP1  決済チーム\nP2  Ops 🔥\nP3  e\u0301quipe\n\n3 teams.\n",
		},
		"wide characters, cut": {
			`{"rows":[{"name":"決済チーム決済チーム決済チーム決済チーム","id":"P1"}],"count":1}`, 30,
			"NAME                        ID\n決済チーム決済チーム決済…   P1\n\n1 record.\n",
		},
		"one thing":          {`{"id":"P1","name":"Checkout","timeouts":{"ack":1800},"open":true}`, 0, "id        P1\nname      Checkout\ntimeouts  ack 1800\nopen      true\n"},
		"what was made":      {`{"incident":{"id":"Q1","a":1,"b":2,"c":3,"d":4},"paged":[{"id":"P1","summary":"Ana"}]}`, 0, "incident\n  id  Q1\n  a   1\n  b   2\n  c   3\n  d   4\npaged     Ana\n"},
		"times":              {`{"id":"P1","since":"2026-03-01T23:00:00Z","until":"2026-03-06T03:00:00Z"}`, 0, "id     P1\nsince  2026-03-01 23:00 UTC (4h00m ago)\nuntil  2026-03-06 03:00 UTC (in 4d)\n"},
		"a list that breaks": {`{"id":"P1","who_has_it":["Ana has it since 02:18","Lucas does not"]}`, 30, "id          P1\nwho has it  Ana has it since\n              02:18\n            Lucas does not\n"},
		"records in a card":  {`{"id":"P1","next":[{"for":"A","at":"9:00"},{"for":"Bee"}]}`, 40, "id    P1\nnext\n  FOR  AT\n  A    9:00\n  Bee\n"},
		"long records in a card": {
			`{"id":"P1","seen":[{"id":"Q1","notes":["It was the database, again and again."]},{"id":"Q2"}]}`, 34,
			"id    P1\nseen\n  - id     Q1\n    notes  It was the database,\n           again and again.\n  - id  Q2\n",
		},
		"a URL stays whole": {`{"id":"P1","url":"https://northwind.example/a/long/path/to/it"}`, 20, "id   P1\nurl  https://northwind.example/a/long/path/to/it\n"},
		"what is copied stays whole": {
			`{"changes":[{"id":"0100000TP2BI034M4I7MHA","summary":"Deployed payments-api 412 to production","links":["https://changes.northwind.example/1"]}],"count":1}`, 60,
			"ID                      SUMMARY\n0100000TP2BI034M4I7MHA  Deployed payments-api 412 to produc…\n\n1 record.\nLeft out to fit: links. -o json has everything.\n",
		},
		"what is copied, in a pipe": {
			`{"r":[{"url":"https://northwind-demo.pagerduty.com/incidents/QBYLSQ2JYBL1JL"}],"count":1}`, 0,
			"URL\nhttps://northwind-demo.pagerduty.com/incidents/QBYLSQ2JYBL1JL\n\n1 record.\n",
		},
		"a window": {`{"window":"2026-03-01T03:00:00Z to 2026-03-02T03:00:00Z (the default)","note":"2026-03-01T03:00:00Z"}`, 0, "window  2026-03-01 03:00 UTC to 2026-03-02 03:00 UTC (the default)\nnote    2026-03-01 03:00 UTC (24h00m ago)\n"},
		"what fits no line": {
			`{"note":{"id":"Q1","content":"It was the database."},"by":{"id":"P1","summary":"Ana Souza of the payments team"}}`, 34,
			"note\n  id       Q1\n  content  It was the database.\nby    Ana Souza of the payments\n      team (P1)\n",
		},
		"an empty list":    {`{"incidents":[],"count":0,"note":"Nothing matches."}`, 0, "No incidents.\n\nNothing matches.\n"},
		"not an object":    {`"text"`, 0, "\"text\"\n"},
		"a long text":      {`{"r":[{"text":"` + strings.Repeat("x", 100) + `"}],"count":1}`, 0, "TEXT\n" + strings.Repeat("x", 47) + "…\n\n1 record.\n"},
		"a null, a number": {`{"a":null,"b":12345678901234567890}`, 0, "a\nb  12345678901234567890\n"},
		"a terminal's own": {`{"a":"\u001b[2Jgone\u0007\u009b5n"}`, 0, "a  [2Jgone5n\n"},
	} {
		var got bytes.Buffer
		Table(&got, []byte(c.answer), Options{Width: c.width, Now: night, Zone: time.UTC})
		if diff := cmp.Diff(c.want, got.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestLength(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0s", 59 * time.Second: "59s", time.Minute: "1m", 59 * time.Minute: "59m", time.Hour: "1h00m", 95 * time.Minute: "1h35m", 2*time.Hour - 400*time.Millisecond: "2h00m", 47 * time.Hour: "47h00m", 48 * time.Hour: "2d", 90 * 24 * time.Hour: "90d",
	} {
		if got := length(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}

// TestRows holds which of an answer's objects CSV and the like are about.
func TestRows(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`{"incidents":[{"id":"Q1"},{"id":"Q2"}],"count":2}`:                                         "Q1\nQ2\n",
		`{"id":"Q1","responders":[{"id":"P1","state":"joined"}]}`:                                   "Q1\n",
		`{"incident":{"id":"Q1","number":1},"paged":[{"id":"P1","summary":"Ana"}]}`:                 "Q1\n",
		`{"incident":{"id":"Q1","summary":"x"},"events":[{"id":"R1","what":"a"}]}`:                  "R1\n",
		`{"people":[{"id":"P1","pages":2}],"understood":[{"said":"me","id":"P1","summary":"Ana"}]}`: "P1\n",
		`{"incidents":[],"count":0}`:                                                                "",
	} {
		var got bytes.Buffer
		if err := IDs(&got, []byte(answer)); err != nil || got.String() != want {
			t.Errorf("%s: %q, %v; want %q", answer, got.String(), err, want)
		}
	}
}

// FuzzTable shows any answer. No control character gets to the terminal, and no line of a
// table is wider than it.
func FuzzTable(f *testing.F) {
	for _, seed := range []string{
		`{"incidents":[{"id":"Q1","number":1,"title":"a b"}],"count":1}`, `{"a":{"b":[{"c":1}]},"d":["x"]}`, `{"a":[[]],"count":0}`, `[]`, `{"a":`, `{"":[{"":""}],"count":1}`,
	} {
		f.Add([]byte(seed), uint8(80))
	}
	f.Fuzz(func(t *testing.T, answer []byte, width uint8) {
		var b bytes.Buffer
		Table(&b, answer, Options{Width: int(width), Now: night, Zone: time.UTC})
		_, _ = CSV(&b, answer), Markdown(&b, answer)
		_, _ = Lines(&bytes.Buffer{}, answer), IDs(&b, answer)
		if i := bytes.IndexFunc(b.Bytes(), func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f || r >= 0x80 && r < 0xa0 }); i >= 0 {
			t.Errorf("a control character in %q", b.String())
		}
	})
}
