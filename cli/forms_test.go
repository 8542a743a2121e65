package cli_test

import (
	"encoding/csv"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestForms prints answers in the forms there are.
func TestForms(t *testing.T) {
	t.Parallel()
	for line, c := range map[string]struct {
		code   int
		stdout string // a pattern for all of it
		stderr string // the beginning
	}{
		"list_incidents limit=2":                                    {0, `^\{"incidents":\[\{"id":"Q.*\n$`, ""},
		"list_incidents limit=2 -o jsonl":                           {0, `^(\{"id":"Q.*\}\n){2}$`, "There are more: go on with offset=2."},
		"list_incidents limit=2 -o ids":                             {0, `^(Q[A-Z0-9]+\n){2}$`, "There are more"},
		"list_incidents limit=2 -o csv":                             {0, `^id,number,title,status,.*service\.id,service\.summary,.*\n(Q.*\n){2}$`, "There are more"},
		"list_incidents limit=2 -o markdown":                        {0, `^\| id \| number \| title \|.*\n\|(---\|)+\n(\| Q.*\|\n){2}$`, "There are more"},
		"list_incidents limit=2 -o table":                           {0, `^ID +NUMBER +TITLE .*\nQ.*\nQ.*\n\n2 incidents\.\n`, ""},
		"get_incident 4711 -o jsonl":                                {0, `^\{"id":.*\}\n$`, ""},
		"get_incident 4711 -o ids":                                  {0, `^Q[A-Z0-9]+\n$`, ""},
		"get_incident 4711 -o csv":                                  {0, `^id,number,(.*\n){2}$`, ""},
		"get_incident 4711 -o markdown":                             {0, `^\|  \|  \|\n\|---\|---\|\n\| id \| Q.*\n\| number \| 4711 \|\n`, ""},
		"get_incident_timeline 4711 limit=3 -o jsonl":               {0, `^(\{"at":.*\}\n){3}$`, ""},
		"list_incidents status=triggered until=2020-01-02 -o ids":   {0, `^$`, "Nothing matches."},
		"list_oncalls limit=2 -o ids":                               {2, `^$`, "pagerduty-mcp: --output ids: what this tool answers has no ids of its own"},
		"list_incidents -o yaml":                                    {2, `^$`, `pagerduty-mcp: --output: "yaml" is no form of output; use table, json, jsonl, csv, markdown or ids`},
		"list_incidents limit=2 --jq .incidents[].number":           {0, `^\d+\n\d+\n$`, ""},
		"list_incidents limit=1 --jq .incidents[0].title":           {0, `^[^"]+\n$`, ""},
		"list_incidents limit=1 --jq .incidents[0]|{number,status}": {0, `^\{"number":\d+,"status":"\w+"\}\n$`, ""},
		"list_incidents limit=1 --jq .incidents[":                   {2, `^$`, `pagerduty-mcp: --jq: ".incidents[" is no jq expression: `},
		"list_incidents limit=1 --jq nosuch":                        {2, `^$`, `pagerduty-mcp: --jq: "nosuch" is no jq expression: `},
		"list_incidents limit=1 --jq .incidents+1":                  {2, `^$`, "pagerduty-mcp: --jq: cannot add"},
		"list_incidents limit=1 --jq . -o table":                    {2, `^$`, "pagerduty-mcp: --jq takes JSON apart; leave out --output table"},
		"list_incidents limit=1 --jq env.PAGERDUTY_USER_API_KEY":    {0, `^null\n$`, ""},
		"list_incidents limit=1 --jq halt":                          {0, `^$`, ""},
		"list_incidents limit=1 --jq .incidents[].number/0 -o json": {2, `^$`, "pagerduty-mcp: --jq: cannot divide"},
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := called(t, "", "", append(strings.Fields(line), "--sandbox")...)
			if code != c.code || !regexp.MustCompile(c.stdout).MatchString(stdout) || !strings.HasPrefix(stderr, c.stderr) || c.stderr == "" && stderr != "" {
				t.Errorf("exit code %d\n%s\nstderr %s", code, stdout, stderr)
			}
		})
	}
}

// TestCSVIsForSpreadsheets reads what strangers can write into a title.
func TestCSVIsForSpreadsheets(t *testing.T) {
	t.Parallel()
	box, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	const title = `=HYPERLINK("https://evil.example","4,711")`
	if code, _, stderr := called(t, box.URL(), "", "create_incident", "title="+title, "Checkout API", "--enable-write-tools", "-o", "ids"); code != 0 {
		t.Fatal(stderr)
	}
	code, stdout, stderr := called(t, box.URL(), "", "list_incidents", "limit=1", "-o", "csv")
	rows, err := csv.NewReader(strings.NewReader(stdout)).ReadAll()
	if code != 0 || err != nil || len(rows) != 2 || rows[1][2] != "'"+title {
		t.Errorf("exit code %d, %v, %q, %s", code, err, rows, stderr)
	}
}

// TestBareValuesAndFlags calls tools in the ways that arguments can be given, and looks at
// what PagerDuty is asked.
func TestBareValuesAndFlags(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		stdin string
		args  []string
		same  []string // the same call as key=value
	}{
		"the main argument":      {args: []string{"get_incident", "4711"}, same: []string{"get_incident", "incident_id=4711"}},
		"a flag":                 {args: []string{"list_services", "--limit", "5"}, same: []string{"list_services", "limit=5"}},
		"a flag with =":          {args: []string{"list_services", "--limit=5"}, same: []string{"list_services", "limit=5"}},
		"a flag, underscores":    {args: []string{"get_incident", "--incident_id", "4711"}, same: []string{"get_incident", "incident_id=4711"}},
		"a list":                 {args: []string{"list_incidents", "--status", "triggered", "--status", "acknowledged"}, same: []string{"list_incidents", "status=triggered", "status=acknowledged"}},
		"a list, both ways":      {args: []string{"list_incidents", "--status", "triggered", "status=acknowledged"}, same: []string{"list_incidents", "status=triggered", "status=acknowledged"}},
		"a list of bare values":  {args: []string{"list_incidents", "triggered", "acknowledged"}, same: []string{"list_incidents", "status=triggered", "status=acknowledged"}},
		"true":                   {args: []string{"list_incidents", "--total"}, same: []string{"list_incidents", "total=true"}},
		"false":                  {args: []string{"list_incidents", "--total=false", "limit=3"}, same: []string{"list_incidents", "limit=3"}},
		"a search":               {args: []string{"list_services", "checkout"}, same: []string{"list_services", "query=checkout"}},
		"two values":             {args: []string{"add_note_to_incident", "4711", "cpu is 95=high", "--enable-write-tools"}, same: []string{"add_note_to_incident", "incident_id=4711", "note=cpu is 95=high", "--enable-write-tools"}},
		"a value and a key":      {args: []string{"add_note_to_incident", "note=hello", "4711", "--enable-write-tools"}, same: []string{"add_note_to_incident", "incident_id=4711", "note=hello", "--enable-write-tools"}},
		"ids":                    {stdin: "4713\n4714\r\n\n", args: []string{"manage_incidents", "incident_ids=-", "status=acknowledged", "--enable-write-tools"}, same: []string{"manage_incidents", "incident_ids=4713", "incident_ids=4714", "status=acknowledged", "--enable-write-tools"}},
		"ids, bare":              {stdin: "4713\n", args: []string{"manage_incidents", "-", "4714", "--status", "acknowledged", "--enable-write-tools"}, same: []string{"manage_incidents", "incident_ids=4713", "incident_ids=4714", "status=acknowledged", "--enable-write-tools"}},
		"a text":                 {stdin: "two\nlines\n", args: []string{"add_note_to_incident", "4711", "note=-", "--enable-write-tools"}, same: []string{"add_note_to_incident", "incident_id=4711", "note=two\nlines", "--enable-write-tools"}},
		"by another name":        {args: []string{"list_priorities", "-o", "json"}, same: []string{"list_incident_options", "only=priorities"}},
		"behind a flag's value":  {args: []string{"get_incident", "--log-level", "error", "4711"}, same: []string{"get_incident", "incident_id=4711"}},
		"a number that is large": {args: []string{"get_incident", "12345678901234567890"}, same: []string{"get_incident", "incident_id=12345678901234567890"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := func(stdin string, args []string) []string {
				box, err := sandbox.Start(sandbox.Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer box.Close()
				if code, _, stderr := called(t, box.URL(), stdin, args...); code == 2 {
					t.Error(stderr)
				}
				var requests []string
				for _, r := range box.Requests() {
					path := regexp.MustCompile(`(since|until)=[^&]*`).ReplaceAllString(r.Path, "$1=")
					requests = append(requests, r.Method+" "+path+" "+r.Body)
				}
				slices.Sort(requests) // objects are looked up side by side
				return requests
			}
			got, want := asked(c.stdin, c.args), asked("", c.same)
			if strings.Join(got, "\n") != strings.Join(want, "\n") || len(got) == 0 {
				t.Errorf("it asked\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// TestWrongBareValues gives values that are for no argument.
func TestWrongBareValues(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"get_incident 4711 4712":              `it is not clear which argument "4712" is for; write key=value. get_incident takes incident_id, include`,
		"get_incident 4711 incident_id=4712":  `it is not clear which argument "4711" is for`,
		"get_user_data me":                    `get_user_data takes no arguments, so "me" is one too many`,
		"list_incidents limit":                `"limit" is not an argument; write key=value`,
		"list_incidents checkout":             `status: "checkout" is not allowed; use triggered`,
		"list_incidents --limit":              "--limit needs a value",
		"list_incidents --limit 5 --limit 6":  "--limit is given twice",
		"list_incidents --limits 5":           "there is no flag --limits; did you mean --limit?\nRun 'pagerduty-mcp call list_incidents --help'",
		"get_service --service Checkout":      "there is no flag --service; did you mean --service-id?",
		"list_incidents --total yes":          `status: "yes" is not allowed`,
		"list_incidents --total true":         "write --total=true",
		"list_incidents incident_ids=-":       "incident_ids=-: there is nothing on standard input, so nothing was done",
		"add_note_to_incident - -":            "something else reads it",
		"get_incident --args - incident_id=-": "something else reads it",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			stdin := ""
			if strings.Contains(want, "else") {
				stdin = "{}"
			}
			code, stdout, stderr := called(t, "", stdin, append(strings.Fields(line), "--sandbox", "--enable-write-tools")...)
			if code != 2 || stdout != "" || !strings.Contains(stderr, want) {
				t.Errorf("exit code %d, %q, %q; want 2 and %q", code, stdout, stderr, want)
			}
		})
	}
}

// TestPipeline acknowledges what a list finds.
func TestPipeline(t *testing.T) {
	t.Parallel()
	box, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	_, ids, stderr := called(t, box.URL(), "", "list_incidents", "--status", "triggered", "-o", "ids")
	if strings.Count(ids, "\n") < 3 {
		t.Fatalf("%q %s", ids, stderr)
	}
	if code, _, stderr := called(t, box.URL(), ids, "manage_incidents", "incident_ids=-", "status=acknowledged", "--enable-write-tools"); code != 0 {
		t.Fatal(stderr)
	}
	_, left, _ := called(t, box.URL(), "", "list_incidents", "status=triggered")
	var answer struct{ Count int }
	if err := json.Unmarshal([]byte(left), &answer); err != nil || answer.Count != 0 {
		t.Errorf("%v: %s", err, left)
	}
}

// TestChangeThatCannotBePrinted holds that only who made a change is told not to repeat it.
func TestChangeThatCannotBePrinted(t *testing.T) {
	t.Parallel()
	const made = "The change itself was made; don't repeat it"
	for line, tells := range map[string]bool{
		"manage_incidents 4711 status=acknowledged --enable-write-tools --jq .incidents+1":         true,
		"manage_incidents 4711 status=acknowledged --enable-write-tools --dry-run --jq .dry_run+1": false,
		"list_incidents limit=1 --jq .incidents+1":                                                 false,
		"list_incidents total=true -o ids":                                                         false,
	} {
		code, _, stderr := run{args: append([]string{"pagerduty-mcp", "call", "--sandbox"}, strings.Fields(line)...)}.do(t)
		if code != 2 || strings.Contains(stderr, made) != tells {
			t.Errorf("%s: exit code %d, %q", line, code, stderr)
		}
	}
}
