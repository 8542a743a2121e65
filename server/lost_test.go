package server_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// asBefore matches what results say of what was so before the call.
var asBefore = regexp.MustCompile(`(?i)were \w+ before|like that before|already|nothing (was|has|is)|refused the request|no such object|cannot be|can't be`)

// TestFirstAnswerLost has the answer to the first attempt of every change be lost after
// it took effect. Whether the change is sent again, or looked for: it is told as what
// this call did, or as not known, never as something that was so before or can't be.
func TestFirstAnswerLost(t *testing.T) {
	t.Parallel()
	eachChange(t, func(t *testing.T, c change) {
		for n, lost := range someOf(c, sandbox.Fault{Status: http.StatusBadGateway, AfterEffect: true}, sandbox.Fault{ResetAfter: true}, sandbox.Fault{Truncate: true}) {
			lost.Times = 1
			r := rig.New(t)
			arguments := r.Fill(t, c.arguments)
			everyChange(r, lost)
			text, isError := r.Call(t, c.tool, arguments)
			if isError && strings.Contains(text, "not known whether PagerDuty carried this out") {
				continue
			}
			if word := asBefore.FindString(text); isError || word != "" {
				t.Errorf("%d: error %v, %q: %s", n, isError, word, text)
			}
		}
	})
}

// TestResolvedByThisCall: of incidents that are resolved when the change is sent again
// it says whether this call did it, as far as can be known.
func TestResolvedByThisCall(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		numbers []int
		effect  bool
		want    string
		wrong   string
	}{
		"all by this call":    {[]int{4712, 4713}, true, "2 of the incidents were resolved in that moment by \"Ana Souza\": as far as can be known, by this very call", "before"},
		"long ago":            {[]int{4500}, false, "1 of the incidents were resolved before", "this very call"},
		"one of two long ago": {[]int{4500, 4713}, false, "1 of the incidents were resolved before", "this very call"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			r.Inject(sandbox.Fault{Method: http.MethodPut, Status: http.StatusBadGateway, AfterEffect: c.effect, Times: 1})
			got := r.Answer(t, "manage_incidents", rig.Args{"incident_ids": c.numbers, "status": "resolved"})
			note := fmt.Sprint(got["note"])
			if !strings.Contains(note, c.want) || strings.Contains(note, c.wrong) || got["count"] != float64(len(c.numbers)) {
				t.Errorf("%v: %s", got["count"], note)
			}
		})
	}
}
