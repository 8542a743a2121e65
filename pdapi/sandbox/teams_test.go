package sandbox_test

import "testing"

func TestTeamMembers(t *testing.T) {
	t.Parallel()
	a := open(t)
	team := "/teams/" + a.ID("team", "Payments")
	page := a.get(t, team+"/members?total=true")
	if total, shown := page["total"]; total != nil || !shown {
		t.Errorf("total %v: members are never counted", total)
	}
	// Ana takes turns on the schedules of Payments, Ben does not.
	a.refused(t, "DELETE", team+"/users/"+a.ID("user", "Ana Souza"), "", "2001")
	a.sent(t, "DELETE", team+"/users/"+a.ID("user", "Ben Carter"), "")
	// So it is with everybody.
	for _, m := range a.all(t, team+"/members", "members") {
		id := words(m, "user", "id")
		pages := false
		for _, p := range a.all(t, "/escalation_policies?user_ids[]="+id, "escalation_policies") {
			pages = pages || words(list(p["teams"])[0], "id") == a.ID("team", "Payments")
		}
		if status, _ := a.ask(t, "DELETE", team+"/users/"+id, ""); (status == 400) != pages {
			t.Errorf("%v, whom the team's policies page: %t, is removed with %d", m, pages, status)
		}
	}
	rosa := team + "/users/" + a.ID("user", "Rosa Jimenez")
	role := func() (role string) {
		for _, m := range a.all(t, team+"/members", "members") {
			if words(m, "user", "summary") == "Rosa Jimenez" {
				role = words(m, "role")
			}
		}
		return role
	}
	a.sent(t, "PUT", rosa, "{}")
	if got := role(); got != "manager" {
		t.Errorf("a member added without a role is %q, want manager", got)
	}
	a.sent(t, "PUT", rosa, `{"role":"observer"}`)
	a.sent(t, "PUT", rosa, "{}")
	if got := role(); got != "observer" {
		t.Errorf("a member added anew without a role becomes %q", got)
	}
	for _, name := range []string{"Data", "DATA", "Data "} {
		a.refused(t, "POST", "/teams", `{"team":{"type":"team","name":"`+name+`"}}`, "has already been taken")
	}
}
