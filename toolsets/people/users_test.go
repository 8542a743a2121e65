package people_test

import (
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

func TestGetUserData(t *testing.T) {
	t.Parallel()
	t.Run("the key's user", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t, rig.WithUser("ben.carter"))
		if got := r.Answer(t, "get_user_data", nil); got["name"] != "Ben Carter" || got["email"] != "ben.carter@northwind.example" {
			t.Errorf("%v", got)
		}
	})
	t.Run("an account-level key names nobody", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t, rig.WithKey(sandbox.AccountKey))
		if said := r.Refusal(t, "get_user_data", nil); !strings.Contains(said, "account-level") || !strings.Contains(said, "PAGERDUTY_FROM_EMAIL") {
			t.Errorf("%s", said)
		}
	})
}
