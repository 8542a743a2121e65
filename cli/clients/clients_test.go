package clients

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// usual is a server as 'configure' writes it.
var usual = Server{
	Command: "/usr/local/bin/pagerduty-mcp", Args: []string{"incidents", "response", "oncall"}, Key: Stored,
	Env: map[string]string{"PAGERDUTY_API_HOST": "https://api.eu.pagerduty.com"},
}

// fixture is a configuration of the client's, with comments where it may have some.
func fixture(t *testing.T, c Client) []byte {
	t.Helper()
	found, err := filepath.Glob("testdata/" + c.Name + ".*[a-z]")
	found = slices.DeleteFunc(found, func(path string) bool { return strings.HasSuffix(path, ".golden") })
	if err != nil || len(found) != 1 {
		t.Fatalf("%s has the fixtures %v, %v; want one", c.Name, found, err)
	}
	text, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestFixtures adds the server to a configuration of every client, takes it out again,
// and compares all of the text.
func TestFixtures(t *testing.T) {
	t.Parallel()
	for _, c := range All() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			before := fixture(t, c)
			s := usual
			s.Key = c.Keys()[0]
			after, err := c.Add(before, s)
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", c.Name+".golden")
			if *update {
				if err := os.WriteFile(golden, after, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil || !bytes.Equal(after, want) {
				t.Errorf("%v, it is\n%s\nwant\n%s", err, after, want)
			}
			if again, err := c.Add(after, s); err != nil || !bytes.Equal(again, after) {
				t.Errorf("adding it twice: %v\n%s", err, again)
			}
			if bytes.Contains(after, []byte("u+0123")) {
				t.Errorf("the key is still in the text:\n%s", after)
			}
			without, found, err := c.Remove(after)
			if err != nil || !found {
				t.Fatal(found, err)
			}
			if left, err := c.Find(without); err != nil || len(left) != 0 {
				t.Errorf("after removing it there is %v, %v in\n%s", left, err, without)
			}
			if again, found, err := c.Remove(without); err != nil || found || !bytes.Equal(again, without) {
				t.Errorf("removing it twice: %v, %v", found, err)
			}
			if had, _ := c.Find(before); len(had) == 0 && !bytes.Contains(before, []byte(`"pagerduty"`)) {
				for line := range strings.Lines(string(before)) {
					if line = strings.Trim(line, " \t\r\n,{}"); !strings.Contains(string(without), line) {
						t.Errorf("the line %q is gone:\n%s", line, without)
					}
				}
			}
		})
	}
}
