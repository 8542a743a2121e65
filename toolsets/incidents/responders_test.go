package incidents_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

func TestAddResponders(t *testing.T) {
	t.Parallel()
	t.Run("responders are asked once, by me", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		got := r.Answer(t, "add_responders", rig.Args{"incident_id": "4711", "user_ids": r.ID("user", "Ben Carter")})
		if fmt.Sprint(got["requested_by"]) != fmt.Sprintf("map[id:%s summary:Ana Souza]", r.ID("user", "Ana Souza")) {
			t.Errorf("%v", got)
		}
		r.Inject(sandbox.Fault{Method: "POST", ResetAfter: true})
		r.ForgetRequests()
		said := r.Refusal(t, "add_responders", rig.Args{"incident_id": r.ID("incident", "4711"), "user_ids": r.ID("user", "Grace Kim")})
		if !strings.Contains(said, "pages people twice") || strings.Count(fmt.Sprint(r.Sent()), "POST") != 1 {
			t.Errorf("%v: %s", r.Sent(), said)
		}
	})
	t.Run("nobody to ask", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		if said := r.Refusal(t, "add_responders", rig.Args{"incident_id": "4711"}); !strings.Contains(said, "at least one") || len(r.Requests()) > 0 {
			t.Errorf("%s", said)
		}
	})
}
