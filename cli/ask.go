package cli

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/cli/show"
	"github.com/PagerDuty/pagerduty-mcp/server"
)

// terminalAsker asks the person at the terminal whether a change is to be made.
type terminalAsker struct {
	p        Process
	there    bool // there is a person who can be asked
	waiting  bool // for the answer
	declined bool // the answer was no
}

// chosenAsker is who is asked before a change. Whoever sits at the terminal is asked
// before each, unless --yes or --confirm says otherwise. A script is not asked, since it
// says --enable-write-tools, unless --confirm says that it has to be.
func chosenAsker(c *cli.Context, p Process) (*terminalAsker, error) {
	a := &terminalAsker{p: p, there: isTerminal(p.Stdin) && isTerminal(p.Stderr)}
	confirm := ""
	switch {
	case c.Bool(flagYes) && c.IsSet(flagConfirm) && c.String(flagConfirm) != string(server.ConfirmNever):
		return nil, usage("--%s and --%s %s contradict each other; leave one out", flagYes, flagConfirm, c.String(flagConfirm))
	case c.Bool(flagYes):
		confirm = string(server.ConfirmNever)
	case a.there && !c.IsSet(flagConfirm):
		confirm = string(server.ConfirmAlways)
	}
	if confirm != "" {
		if err := c.Set(flagConfirm, confirm); err != nil {
			return nil, fmt.Errorf("setting --%s: %w", flagConfirm, err)
		}
	}
	return a, nil
}

// ask shows a change and waits for yes or no. Anything else is no.
func (a *terminalAsker) ask(ctx context.Context, q server.Question) (bool, error) {
	if !a.there {
		return false, fmt.Errorf("nothing was done: this has to be confirmed because %s. %s Add --%s if that is what you want", q.Why, q.Would, flagYes)
	}
	question := strings.TrimSpace(q.Would)
	if q.Why != server.AlwaysAsked {
		question += "\nPlease look twice: " + q.Why + "."
	}
	width, _ := terminalSize(a.p.Stderr)
	for paragraph := range strings.SplitSeq(question, "\n") {
		for _, line := range show.Wrap(paragraph, width) {
			_, _ = fmt.Fprintln(a.p.Stderr, line)
		}
	}
	_, _ = fmt.Fprint(a.p.Stderr, "Do it? [y/N] ")
	a.waiting = true
	answers := make(chan string, 1)
	go func() { // a read can't be interrupted
		line, _ := bufio.NewReader(a.p.Stdin).ReadString('\n')
		answers <- line
	}()
	select {
	case <-ctx.Done():
		_, _ = fmt.Fprintln(a.p.Stderr)
		return false, ctx.Err()
	case answer := <-answers:
		a.waiting = false
		if !strings.HasSuffix(answer, "\n") { // the end of input
			_, _ = fmt.Fprintln(a.p.Stderr)
		}
		answer = strings.ToLower(strings.TrimSpace(answer))
		a.declined = answer != "y" && answer != "yes"
		return !a.declined, nil
	}
}
