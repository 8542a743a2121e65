package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/cli/watch"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

const (
	flagEvery     = "every"
	flagTeam      = "team"
	flagService   = "service"
	flagUrgency   = "urgency"
	flagMine      = "mine"
	watchedAtOnce = 100 // incidents that one look shows
)

// watchCommand shows open incidents as they come and go.
func watchCommand(sets []tool.Set, flags []cli.Flag, p Process) *cli.Command {
	return &cli.Command{
		Name: "watch", Usage: "Show open incidents as they come and go; acknowledge, resolve and note them",
		UsageText: programName + " watch [--team NAME] [--service NAME] [--urgency high] [--mine] [--enable-write-tools]",
		Flags: append([]cli.Flag{
			&cli.StringSliceFlag{Name: flagTeam, Usage: "only incidents of this team, by name or id"},
			&cli.StringSliceFlag{Name: flagService, Usage: "only incidents of this service, by name or id"},
			&cli.StringSliceFlag{Name: flagUrgency, Usage: "only incidents of this urgency: high or low"},
			&cli.BoolFlag{Name: flagMine, Usage: "only incidents that are assigned to you"},
			&cli.DurationFlag{Name: flagEvery, Value: 15 * time.Second, Usage: "how often to ask PagerDuty, from 5s to 10m"},
		}, callFlags(flags)...),
		OnUsageError: onUsageError, HideHelpCommand: true,
		Action: func(c *cli.Context) error { return watchIncidents(c, p, sets) },
	}
}

func watchIncidents(c *cli.Context, p Process, sets []tool.Set) error {
	if c.NArg() > 0 {
		return usage("'%s watch' takes no argument, but %q was given; see '%s watch --help'", programName, c.Args().First(), programName)
	}
	every := c.Duration(flagEvery)
	if every < 5*time.Second || every > 10*time.Minute {
		return usage("--%s: %v is out of range; use 5s to 10m", flagEvery, every)
	}
	s, closer, err := open(c, &p, sets, person{ask: alreadyAsked})
	if err != nil {
		return err
	}
	defer closer()
	ctx, stop := untilSignal(c.Context)
	defer stop()
	account := &watched{server: s, getenv: p.Getenv, write: c.Bool(flagWrite), filter: object{
		"status": []string{"triggered", "acknowledged"}, "date_range": "all", "include": []string{"pending_actions"}, "limit": watchedAtOnce,
	}}
	for name, values := range map[string][]string{"team_ids": c.StringSlice(flagTeam), "service_ids": c.StringSlice(flagService), "urgencies": c.StringSlice(flagUrgency)} {
		if len(values) > 0 {
			account.filter[name] = values
		}
	}
	if c.Bool(flagMine) {
		account.filter["request_scope"] = "assigned"
	}
	o := watch.Options{Account: account, Every: every, Now: p.now}
	// What is wrong with the filters or the key is said before the screen is taken.
	if _, _, err := account.Open(ctx); err != nil {
		return explained(err)
	}
	if isTerminal(p.Stdin) && isTerminal(p.Stdout) {
		return watch.Screen(ctx, p.Stdin, terminal(p.Stdout), os.Environ(), o)
	}
	return watch.Lines(ctx, p.Stdout, o)
}

// explained is an error in words for people.
func explained(err error) error {
	var wrong *tool.ArgumentError
	if errors.As(err, &wrong) {
		return usage("%s", server.Explain(err))
	}
	return errors.New(server.Explain(err))
}

type object = map[string]any

// watched is the account that is watched: what it does are tool calls, with all that
// goes for those.
type watched struct {
	server *server.Server
	getenv func(string) string
	write  bool
	filter object
}

// openIncidents is what list_incidents answers.
type openIncidents struct {
	Incidents []struct {
		ID, Title, Status, Urgency, URL string
		Number                          int
		Priority, Service               *refName
		AssignedTo                      []refName `json:"assigned_to"`
		CreatedAt                       time.Time `json:"created_at"`
		Pending                         []struct {
			Action string
			At     time.Time
		} `json:"pending_actions"`
	}
	URL   string // of all, with {id} in the place of the id
	More  bool
	Total int
}

type refName struct{ Summary string }

func (n *refName) name() string {
	if n == nil {
		return ""
	}
	return n.Summary
}

// Open implements [watch.Account].
func (w *watched) Open(ctx context.Context) ([]watch.Incident, int, error) {
	answer, err := w.call(ctx, "list_incidents", w.filter)
	if err != nil {
		return nil, 0, err
	}
	var list openIncidents
	if err := json.Unmarshal(answer, &list); err != nil {
		return nil, 0, fmt.Errorf("reading the list of incidents: %w", err)
	}
	incidents := []watch.Incident{}
	for _, i := range list.Incidents {
		shown := watch.Incident{
			ID: i.ID, Number: i.Number, Title: i.Title, Status: i.Status, Urgency: i.Urgency, Priority: i.Priority.name(), Service: i.Service.name(),
			CreatedAt: i.CreatedAt, URL: i.URL,
		}
		if shown.URL == "" {
			shown.URL = strings.ReplaceAll(list.URL, "{id}", i.ID)
		}
		for _, who := range i.AssignedTo {
			shown.AssignedTo = append(shown.AssignedTo, who.Summary)
		}
		if len(i.Pending) > 0 {
			shown.Next, shown.NextAt = i.Pending[0].Action, i.Pending[0].At
		}
		incidents = append(incidents, shown)
	}
	besides := 0
	if list.More {
		besides = -1
	}
	return incidents, besides, nil
}

// MayWrite implements [watch.Account].
func (w *watched) MayWrite() error {
	if !w.write {
		return fmt.Errorf("nothing can be changed: it was started without --%s", flagWrite)
	}
	return nil
}

// Acknowledge implements [watch.Account].
func (w *watched) Acknowledge(ctx context.Context, id string) error {
	_, err := w.call(ctx, "manage_incidents", object{"incident_ids": []string{id}, "status": "acknowledged"})
	return err
}

// Resolve implements [watch.Account].
func (w *watched) Resolve(ctx context.Context, id string) error {
	_, err := w.call(ctx, "manage_incidents", object{"incident_ids": []string{id}, "status": "resolved"})
	return err
}

// Note implements [watch.Account].
func (w *watched) Note(ctx context.Context, id, text string) error {
	_, err := w.call(ctx, "add_note_to_incident", object{"incident_id": id, "note": text})
	return err
}

// call calls a tool.
func (w *watched) call(ctx context.Context, name string, arguments object) ([]byte, error) {
	data, err := json.Marshal(arguments)
	if err != nil {
		return nil, err
	}
	answer, err := w.server.Call(ctx, name, data)
	var wrong *tool.ArgumentError
	if err != nil && !errors.As(err, &wrong) {
		err = errors.New(server.Explain(err))
	}
	return answer, err
}

// Browse implements [watch.Account]: only pages of PagerDuty, since the address comes
// with the incident.
func (w *watched) Browse(address string) error {
	page, err := url.Parse(address)
	if err != nil || page.Scheme != "https" || !strings.HasSuffix(page.Hostname(), ".pagerduty.com") {
		return fmt.Errorf("%q is no page of PagerDuty, so it was not opened", address)
	}
	command := browser(runtime.GOOS, w.getenv("BROWSER"), page.String())
	if err := exec.Command(command[0], command[1:]...).Run(); err != nil {
		return fmt.Errorf("no browser could be started (%w); the page is %s", err, page)
	}
	return nil
}

// browser is the command that opens a page on a system.
func browser(system, chosen, page string) []string {
	switch {
	case chosen != "":
		return append(slices.Clone(strings.Fields(chosen)), page)
	case system == "darwin":
		return []string{"open", page}
	case system == "windows":
		return []string{"rundll32", "url.dll,FileProtocolHandler", page}
	}
	return []string{"xdg-open", page}
}

// alreadyAsked confirms what the screen has asked the person for.
func alreadyAsked(context.Context, server.Question) (bool, error) { return true, nil }
