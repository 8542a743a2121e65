package toolsets_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
)

// contacts are the e-mail addresses and numbers that the account's users have, numbers
// with and without their country code.
func contacts(t *testing.T, r *rig.Rig) (all []string) {
	t.Helper()
	read := func(path string, into any) {
		if err := json.Unmarshal(r.Elsewhere(t, http.MethodGet, path, ""), into); err != nil {
			t.Fatal(err)
		}
	}
	var users struct{ Users []struct{ ID string } }
	read("/users?limit=100", &users)
	for _, u := range users.Users {
		var methods struct {
			Methods []struct{ Type, Address string } `json:"contact_methods"`
		}
		read("/users/"+u.ID+"/contact_methods", &methods)
		for _, m := range methods.Methods {
			if len(m.Address) > 5 && !slices.Contains(all, m.Address) && !strings.HasPrefix(m.Type, "push") {
				all = append(all, m.Address)
			}
		}
	}
	if len(all) < 50 {
		t.Fatalf("only %d ways to reach somebody", len(all))
	}
	return all
}

// longNumber is a number of a telephone, however it is written.
var longNumber = regexp.MustCompile(`\+\d[\d ().-]{7,}\d`)

// TestContactsAreMasked looks for people's numbers and e-mail addresses in the answers of
// all tools. The toolset people has addresses: they are what people log in with, and
// asked for.
func TestContactsAreMasked(t *testing.T) {
	t.Parallel()
	reading, allowed := rig.New(t), rig.WithServer(func(o *server.Options) { o.ShowContacts = true })
	plain, readingAll, shown := contacts(t, reading), rig.New(t, allowed), 0
	has := func(text string) int {
		return slices.IndexFunc(plain, func(contact string) bool { return strings.Contains(text, contact) })
	}
	for _, set := range toolsets.All() {
		if set.Name == "people" {
			continue
		}
		examples := rig.Examples(t, set.Name)
		for _, made := range set.Tools {
			masked, whole := reading, readingAll
			if !made.Access().ReadOnly() {
				masked, whole = rig.New(t), rig.New(t, allowed)
			}
			for _, example := range examples[made.Name()] {
				text, _ := masked.Call(t, made.Name(), masked.Fill(t, example))
				if n := has(text); n >= 0 {
					t.Errorf("%s %s shows %s: %s", made.Name(), example, plain[n], text)
				}
				text = strings.ReplaceAll(text, "+1-555-0100,,4711#", "") // the conference bridge's
				if number := longNumber.FindString(text); number != "" {
					t.Errorf("%s %s shows the number %s: %s", made.Name(), example, number, text)
				}
				if text, _ = whole.Call(t, made.Name(), whole.Fill(t, example)); has(text) >= 0 {
					shown++
				}
			}
		}
	}
	if shown == 0 {
		t.Error("nothing shows them even to whom is allowed, so nothing was looked for")
	}
}
