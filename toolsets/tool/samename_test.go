package tool_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
)

// others are n objects whose names begin with text and are longer.
func others(text string, n int) []object {
	var out []object
	for i := range n {
		out = append(out, object{ID: fmt.Sprintf("POTH%03d", i), Name: fmt.Sprintf("%s %03d", text, i)})
	}
	return out
}

// TestSameName holds which ways to write a name are the same name.
func TestSameName(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct{ name, said string }{
		"capital letters":             {"Search API", "SEARCH api"},
		"blanks":                      {"Search API", "  Search \t API\n"},
		"quotation marks":             {"Search API", `"Search API"`},
		"single quotation marks":      {"Search API", "'Search API'"},
		"backticks":                   {"Search API", "`Search API`"},
		"curly quotation marks":       {"Search API", "“Search API”"},
		"German quotation marks":      {"Search API", "„Search API“"},
		"quotation marks of the name": {`"Search"`, `""Search""`},
		"composed, said decomposed":   {"Café", "Cafe\u0301"},
		"hidden characters said":      {"Search API", "Sea\u200brch\u2060 \ufeffAPI"},
		"hidden characters of a name": {"Search API\u200b", "Search API"},
		"soft hyphens":                {"Search API", "Se\u00adarch API"},
		"direction marks":             {"Search API", "\u202aSearch API\u202c"},
		"an emoji with its style":     {"⚠\ufe0f Alerts", "⚠\ufe0f Alerts"},
		"an emoji without its style":  {"⚠\ufe0f Alerts", "⚠ Alerts"},
		"another script":              {"決済サービス", "決済サービス"},
		"commas":                      {"Search, Find & Co", "Search, Find & Co"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			r := withObjects(t, "services", object{ID: "PWANTED", Name: c.name}, object{ID: "PANOTHR", Name: "Something Else"})
			for _, tool := range []string{"look", "touch"} {
				if got := r.Answer(t, tool, rig.Args{"service_id": c.said}); got["service_id"] != "PWANTED" {
					t.Errorf("%s: %v", tool, got)
				}
			}
		})
	}
}

// TestNearlyTheName holds that a read takes what it finds by a part of the name or
// without its accents, and that a change that pages asks back.
func TestNearlyTheName(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct{ name, said string }{
		"a part":                   {"Search API", "search"},
		"accents left out":         {"Zoë's Café", "zoe's cafe"},
		"accents put in":           {"Resume Parser", "Résumé Parser"},
		"hidden characters inside": {"Sea\u200brch API", "Search API"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			r := withObjects(t, "services", object{ID: "PWANTED", Name: c.name}, object{ID: "PANOTHR", Name: "Something Else"})
			got := r.Answer(t, "look", rig.Args{"service_id": c.said})
			if got["service_id"] != "PWANTED" || !strings.Contains(fmt.Sprint(got["understood"]), "PWANTED") {
				t.Errorf("%v", got)
			}
			if what == "hidden characters inside" {
				return // it looks the same, so that a change may take it
			}
			if said := r.Refusal(t, "page", rig.Args{"service_id": c.said}); !strings.Contains(said, "PWANTED") || !strings.Contains(said, "service_id: ") {
				t.Errorf("%s", said)
			}
		})
	}
}

// TestChangesSayWhom holds that a change that took a name says what it took it for.
func TestChangesSayWhom(t *testing.T) {
	t.Parallel()
	r := withObjects(t, "services", object{ID: "PWANTED", Name: "Search API"})
	if got := fmt.Sprint(r.Answer(t, "touch", rig.Args{"service_id": "search api"})["understood"]); got != "[map[id:PWANTED said:search api summary:Search API]]" {
		t.Errorf("%s", got)
	}
	if got := r.Answer(t, "touch", rig.Args{"service_id": "PWANTED"}); got["understood"] != nil {
		t.Errorf("%v", got)
	}
}

// TestTwoThatLookTheSame holds that a change does not choose between two objects that
// look the same, wherever they are in the list.
func TestTwoThatLookTheSame(t *testing.T) {
	t.Parallel()
	at := func(n int, second string) []object {
		list := others("prod", 130)
		list[3].ID, list[3].Name = "PFIRST1", "prod"
		list[n].ID, list[n].Name = "PSECND2", second
		return list
	}
	for _, kind := range []struct {
		key, argument string
	}{{"services", "service_id"}, {"teams", "team_id"}, {"users", "user_ids"}} {
		for name, second := range map[string]string{
			"the same": "prod", "with a hidden character": "prod\u200b", "in capitals": "PROD", "with blanks": " prod ", "with a joiner": "prod\u200d",
		} {
			for _, n := range []int{4, 120} {
				t.Run(fmt.Sprintf("%s, %s, at %d", kind.key, name, n), func(t *testing.T) {
					t.Parallel()
					r := withObjects(t, kind.key, at(n, second)...)
					said := r.Refusal(t, "touch", rig.Args{kind.argument: "prod"})
					if !strings.Contains(said, "may mean several") || !strings.Contains(said, "PFIRST1") || !strings.Contains(said, "PSECND2") {
						t.Errorf("%s", said)
					}
				})
			}
		}
	}
	t.Run("composed and decomposed", func(t *testing.T) {
		t.Parallel()
		r := withObjects(t, "services", object{ID: "PFIRST1", Name: "Café"}, object{ID: "PSECND2", Name: "Cafe\u0301"})
		for _, name := range []string{"Café", "Cafe\u0301", "café"} {
			if said := r.Refusal(t, "touch", rig.Args{"service_id": name}); !strings.Contains(said, "PFIRST1") || !strings.Contains(said, "PSECND2") {
				t.Errorf("%q: %s", name, said)
			}
		}
	})
	t.Run("more than can be listed", func(t *testing.T) {
		t.Parallel()
		list := others("prod", 999)
		for i := range 200 {
			list = append(list, object{ID: fmt.Sprintf("PMOR%03d", i), Name: fmt.Sprintf("prod more %d", i)})
		}
		list[3].Name = "prod"
		for key, argument := range map[string]string{"services": "service_id", "teams": "team_id"} {
			r := withObjects(t, key, list...)
			if said := r.Refusal(t, "touch", rig.Args{argument: "prod"}); !strings.Contains(said, "not sure which one is meant") || !strings.Contains(said, list[3].ID) {
				t.Errorf("%s: %s", key, said)
			}
			if got := r.Answer(t, "look", rig.Args{argument: "prod"}); got[argument] != list[3].ID {
				t.Errorf("%s: %v", key, got)
			}
		}
	})
}

// TestEmail holds that text with an @ is an e-mail address and never a display name,
// which anybody may choose.
func TestEmail(t *testing.T) {
	t.Parallel()
	impostor := object{ID: "PIMPSTR", Name: "ceo@corp.example", Email: "mallory@corp.example"}
	boss := object{ID: "PTHEBSS", Name: "Ada", Email: "ceo@corp.example"}
	for _, tool := range []string{"look", "touch"} {
		for _, list := range [][]object{{impostor, boss}, {boss, impostor}} {
			r := withObjects(t, "users", list...)
			for _, said := range []string{"ceo@corp.example", "CEO@Corp.example", " `ceo@corp.example` "} {
				if got := r.Answer(t, tool, rig.Args{"user_ids": said}); fmt.Sprint(got["user_ids"]) != "[PTHEBSS]" {
					t.Errorf("%s %q: %v", tool, said, got)
				}
			}
		}
		r := withObjects(t, "users", impostor)
		if said := r.Refusal(t, tool, rig.Args{"user_ids": "ceo@corp.example"}); !strings.Contains(said, "no user has the e-mail address") {
			t.Errorf("%s: %s", tool, said)
		}
		if said := r.Refusal(t, tool, rig.Args{"user_ids": "ceo @corp.example"}); strings.Contains(said, "PIMPSTR") {
			t.Errorf("%s: %s", tool, said)
		}
	}
	// A part of an address finds a user, not a change.
	r := withObjects(t, "users", boss)
	if got := r.Answer(t, "look", rig.Args{"user_ids": "ceo@"}); fmt.Sprint(got["user_ids"]) != "[PTHEBSS]" {
		t.Errorf("%v", got)
	}
	r.Refusal(t, "touch", rig.Args{"user_ids": "ceo@"})
}
