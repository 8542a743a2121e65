package server_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/incidents"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/oncall"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/people"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/response"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/services"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// prompts are the prompts that a client is offered.
func prompts(t *testing.T, r *rig.Rig) []mcp.Prompt {
	t.Helper()
	if r.Client.GetServerCapabilities().Prompts == nil {
		return nil
	}
	list, err := r.Client.ListPrompts(t.Context(), mcp.ListPromptsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return list.Prompts
}

// prompt is the text of a prompt.
func prompt(t *testing.T, r *rig.Rig, name string, arguments map[string]string) (string, error) {
	t.Helper()
	var request mcp.GetPromptRequest
	request.Params.Name, request.Params.Arguments = name, arguments
	got, err := r.Client.GetPrompt(t.Context(), request)
	if err != nil {
		return "", err
	}
	if len(got.Messages) != 1 || got.Messages[0].Role != mcp.RoleUser {
		t.Fatalf("%s has the messages %v", name, got.Messages)
	}
	text, ok := mcp.AsTextContent(got.Messages[0].Content)
	if !ok {
		t.Fatalf("%s is a %T", name, got.Messages[0].Content)
	}
	return text.Text, nil
}

// TestPromptsNameOnlyWhatIsLoaded writes every prompt with many choices of toolsets
// and tools, and looks for tools that are not there.
func TestPromptsNameOnlyWhatIsLoaded(t *testing.T) {
	t.Parallel()
	word := regexp.MustCompile(`[a-z]+(?:_[a-z]+)+`)
	known := map[string]bool{}
	names := map[string]bool{}
	for _, set := range toolsets.All() {
		for _, made := range set.Tools {
			known[made.Name()] = true
		}
		for _, p := range set.Prompts {
			names[p.Name] = true
		}
	}
	if len(names) != 6 {
		t.Errorf("%d prompts; clients show them in a menu, which holds six", len(names))
	}
	for _, set := range toolsets.All() {
		for _, p := range set.Prompts {
			for _, name := range p.Mentions() {
				if !known[name] {
					t.Errorf("%s mentions %s, which is no tool", p.Name, name)
				}
			}
		}
	}
	choices := [][]tool.Set{toolsets.All(), {}}
	for i, set := range toolsets.All() {
		choices = append(choices, []tool.Set{set}, slices.Delete(toolsets.All(), i, i+1))
	}
	for name := range known { // each tool left out by itself
		sets := toolsets.All()
		for i := range sets {
			sets[i].Tools = slices.DeleteFunc(slices.Clone(sets[i].Tools), func(made tool.Tool) bool { return made.Name() == name })
		}
		choices = append(choices, sets)
	}
	written := 0
	for _, sets := range choices {
		for _, readOnly := range []bool{false, true} {
			loaded := map[string]bool{}
			for _, set := range sets {
				for _, made := range set.Tools {
					loaded[made.Name()] = !readOnly || made.Access().ReadOnly()
				}
			}
			is, offered := func(name string) bool { return loaded[name] }, map[string]bool{}
			for _, set := range sets {
				for _, p := range set.Prompts {
					if !p.Offered(is) {
						continue
					}
					if offered[p.Name] {
						t.Errorf("two prompts are called %s", p.Name)
					}
					offered[p.Name] = true
					few, many := map[string]string{}, map[string]string{}
					for _, a := range p.Arguments {
						if many[a.Name] = "Something"; a.Required {
							few[a.Name] = "Something"
						}
					}
					for _, given := range []map[string]string{few, many} {
						text, err := p.Write(given, is)
						if err != nil || strings.ContainsAny(text, "{}") {
							t.Errorf("%s: %v %s", p.Name, err, text)
						}
						for _, name := range word.FindAllString(text, -1) {
							if known[name] && !loaded[name] {
								t.Errorf("%s names %s, which is not loaded:\n%s", p.Name, name, text)
							}
						}
						if words := len(strings.Fields(text)); words < 40 || words > 260 {
							t.Errorf("%s has %d words:\n%s", p.Name, words, text)
						}
						written++
					}
				}
			}
		}
	}
	if written < 500 {
		t.Errorf("only %d prompts were written", written)
	}
}

func TestPrompts(t *testing.T) {
	t.Parallel()
	names := func(list []mcp.Prompt) (out []string) {
		for _, p := range list {
			out = append(out, p.Name)
		}
		return out
	}
	t.Run("offered where their tools are", func(t *testing.T) {
		t.Parallel()
		for want, sets := range map[string][]tool.Set{
			"draft_postmortem draft_status_update hand_over investigate prepare_my_shift quieten_service": toolsets.All(),
			"investigate":                            {incidents.Set()},
			"":                                       {people.Set()},
			"hand_over investigate prepare_my_shift": {people.Set(), incidents.Set()},
			"investigate quieten_service":            {services.Set(), incidents.Set()},
			"draft_postmortem draft_status_update hand_over investigate": {incidents.Set(), response.Set(), oncall.Set()},
		} {
			if got := strings.Join(names(prompts(t, rig.New(t, rig.WithSets(sets...)))), " "); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		}
	})
	t.Run("the one with more at hand takes the place of the other", func(t *testing.T) {
		t.Parallel()
		for want, sets := range map[string][]tool.Set{"`get_handoff`": {oncall.Set(), people.Set(), incidents.Set()}, "`list_oncalls`": {people.Set(), incidents.Set()}} {
			if text, err := prompt(t, rig.New(t, rig.WithSets(sets...)), "hand_over", nil); err != nil || !strings.Contains(text, want) {
				t.Errorf("%v: %s", err, text)
			}
		}
	})
	t.Run("what a person filled in", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		for given, want := range map[string]string{
			"4711": "incident 4711.", "4711: Payments API: card authorizations failing": "incident 4711.", "https://northwind-demo.pagerduty.com/incidents/Q1": `incident "https://northwind-demo.pagerduty.com/incidents/Q1".`,
			"4711\u202e\n{schedule} `delete_team`": "incident \"4711 {schedule} `delete_team`\".",
		} {
			if text, err := prompt(t, r, "investigate", map[string]string{"incident": given}); err != nil || !strings.Contains(text, want) {
				t.Errorf("%q: %v\n%s", given, err, text)
			}
		}
		for want, given := range map[string]map[string]string{
			"incident: is required":               {"incident": " \u200b"},
			`"shade": the prompt investigate has`: {"incident": "4711", "shade": "red"},
		} {
			if _, err := prompt(t, r, "investigate", given); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v: %v, want %s", given, err, want)
			}
		}
		if _, err := prompt(t, r, "nothing", nil); err == nil {
			t.Error("a prompt that is not there was written")
		}
		if len(r.Requests()) > 0 {
			t.Errorf("sent %v", r.Sent())
		}
	})
	t.Run("read-only: nothing is sent", func(t *testing.T) {
		t.Parallel()
		text, err := prompt(t, rig.New(t, rig.WithoutWrites()), "draft_status_update", map[string]string{"incident": "4711", "audience": "shop owners"})
		if err != nil || strings.Contains(text, "send_status_update") || !strings.Contains(text, "sending it is up to me") || !strings.Contains(text, "shop owners") {
			t.Errorf("%v %s", err, text)
		}
	})
	t.Run("as they read", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		var all strings.Builder
		for _, p := range prompts(t, r) {
			given := map[string]string{}
			for _, a := range p.Arguments {
				given[a.Name] = map[string]string{"incident": "4711", "schedule": "Payments Primary", "service": "CI Runners", "audience": "the board"}[a.Name]
			}
			text, err := prompt(t, r, p.Name, given)
			if err != nil {
				t.Fatal(err)
			}
			all.WriteString("# " + p.Title + " (" + p.Name + ")\n\n" + text + "\n\n")
		}
		rig.Golden(t, "testdata/prompts.md", []byte(all.String()))
	})
}

// complete completes an argument of a prompt, or a variable of a resource.
func complete(t *testing.T, r *rig.Rig, ref any, argument, typed string) mcp.Completion {
	t.Helper()
	var request mcp.CompleteRequest
	request.Params.Ref = ref
	request.Params.Argument = mcp.CompleteArgument{Name: argument, Value: typed}
	got, err := r.Client.Complete(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	return got.Completion
}

func TestCompletions(t *testing.T) {
	t.Parallel()
	of := func(name string) any { return mcp.PromptReference{Type: "ref/prompt", Name: name} }
	uri := func(uri string) any { return mcp.ResourceReference{Type: "ref/resource", URI: uri} }
	r := rig.New(t)
	for _, c := range []struct {
		ref             any
		argument, typed string
		want            string // the first, and all if it ends in a dot
	}{
		{of("investigate"), "incident", "", "4717: Push Notifications: delivery latency above 840 ms"},
		{of("investigate"), "incident", "4711", "4711: Payments API: card authorizations failing, 38% errors."},
		{of("investigate"), "incident", "fraud", "4713: Fraud Scoring: upstream timeouts."},
		{of("investigate"), "incident", "no such thing", "."},
		{of("investigate"), "nothing", "4711", "."},
		{of("quieten_service"), "service", "pay", "Payments API."},
		{of("quieten_service"), "service", "api", "Catalog API"},
		{of("hand_over"), "schedule", "payments p", "Payments Primary."},
		{of("draft_status_update"), "audience", "a", "."},
		{of("no_such_prompt"), "incident", "", "."},
		{uri("pagerduty://incidents/{number}"), "number", "card auth", "4711."},
		{uri("pagerduty://incidents/{number}"), "number", "471", "4717"},
		{uri("pagerduty://oncall/{schedule}"), "schedule", "release", "Release Captain."},
		{uri("pagerduty://nothing"), "number", "", "."},
	} {
		got := complete(t, r, c.ref, c.argument, c.typed)
		want, only := strings.CutSuffix(c.want, ".")
		first := ""
		if len(got.Values) > 0 {
			first = got.Values[0]
		}
		if first != want || only && len(got.Values) > 1 {
			t.Errorf("%v, %q: %q, want %q", c.ref, c.typed, got.Values, c.want)
		}
	}
	for _, sent := range r.Sent() {
		if !strings.HasPrefix(sent, "GET ") {
			t.Errorf("sent %s", sent)
		}
	}
	t.Run("not at every key", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		for _, typed := range []string{"", "p", "pa", "pay", "paym"} {
			complete(t, r, of("quieten_service"), "service", typed)
		}
		if len(r.Requests()) != 1 {
			t.Errorf("sent %v", r.Sent())
		}
	})
	t.Run("many names", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		for range 120 {
			r.Answer(t, "create_incident", rig.Args{"title": rig.Now().String(), "service_id": r.ID("service", "Search API"), "incident_key": time.Now().String()})
		}
		if got := complete(t, r, of("investigate"), "incident", ""); len(got.Values) != tool.MaxCompletions || !got.HasMore {
			t.Errorf("%d values, more %v", len(got.Values), got.HasMore)
		}
	})
	t.Run("a failure completes nothing, and is logged", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		r.Inject(sandbox.Fault{Path: "/services", Status: 403, Body: `{"error":{"message":"Access Denied","code":2010}}`})
		if got := complete(t, r, of("quieten_service"), "service", "secret words"); len(got.Values) != 0 {
			t.Errorf("%v", got)
		}
		if log := r.Logs.String(); !strings.Contains(log, "completion failed") || strings.Contains(log, "secret words") {
			t.Errorf("%s", log)
		}
	})
}

// TestNothingBesideTools: a server without prompts and resources doesn't announce any.
func TestNothingBesideTools(t *testing.T) {
	t.Parallel()
	bare := services.Set()
	bare.Prompts, bare.Resources = nil, nil
	r := rig.New(t, rig.WithSets(bare))
	if c := r.Client.GetServerCapabilities(); c.Prompts != nil || c.Resources != nil || c.Completions != nil {
		t.Errorf("%+v", c)
	}
	full := rig.New(t).Client.GetServerCapabilities()
	if full.Prompts == nil || full.Prompts.ListChanged || full.Resources == nil || full.Resources.ListChanged || full.Resources.Subscribe || full.Completions == nil {
		t.Errorf("%+v", full)
	}
}
