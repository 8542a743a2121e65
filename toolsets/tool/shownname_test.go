package tool_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// TestShownNamesCanBeGivenBack holds that whatever an object is called, its name can be
// given as an answer or an error shows it: cleaned, or in quotes with marks in it.
func TestShownNamesCanBeGivenBack(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"Che\u200bckout \u202eAPI\u202c", "Ops\u00ad Te\u2060am 🏳\ufe0f\u200d🌈", "می\u200cخواهم", "क्\u200dष service", `The "big" one`, `C:\pagers "x"`, "two  blanks\tand\nlines", "Hangul\u3164 filler",
	} {
		r := withObjects(t, "users", object{ID: "PWANTED", Name: name, Email: "t@x.example"}, object{ID: "POTHER1", Name: "Somebody Else", Email: "o@x.example"})
		for _, shown := range []string{wording.Clean(name), strings.TrimSuffix(wording.Quote(name), " (without characters that nobody sees)")} {
			for _, called := range []string{"look", "touch", "page", "remove"} {
				if text, isError := r.Call(t, called, rig.Args{"user_ids": []string{shown}}); isError || !strings.Contains(text, "PWANTED") {
					t.Errorf("%s: %s, shown as %s: %s", called, strconv.Quote(name), shown, text)
				}
			}
		}
	}
}
