package cli

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
)

// page writes a text to stdout. At a terminal one that is longer than the screen goes
// through the pager that PAGER names, or less.
func page(p Process, text []byte) {
	if screen := screenOf(p); screen != nil {
		if _, height := terminalSize(p.Stdout); bytes.Count(text, []byte("\n")) >= height {
			if pager := pagerCommand(p, screen); pager != nil && runPager(pager, text) {
				return
			}
		}
	}
	_, _ = p.Stdout.Write(text) // Run tells if it failed
}

// screenOf is the terminal that stdout is, or nil.
func screenOf(p Process) *os.File {
	to := p.Stdout
	if o, ok := to.(*output); ok {
		to = o.to
	}
	if file, ok := to.(*os.File); ok && isTerminal(file) {
		return file
	}
	return nil
}

// pagerCommand is the pager, or nil if there is none or none is wanted.
func pagerCommand(p Process, screen *os.File) *exec.Cmd {
	words := strings.Fields(p.Getenv("PAGER"))
	if len(words) == 0 {
		words = []string{"less"}
	}
	if words[0] == "cat" {
		return nil
	}
	path, err := exec.LookPath(words[0])
	if err != nil {
		return nil
	}
	command := exec.Command(path, words[1:]...)
	command.Stdout, command.Stderr = screen, screen
	// A pager can start other programs, and writes its history: it has no use for a key.
	command.Env = slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, envKey+"=") })
	if p.Getenv("LESS") == "" {
		command.Env = append(command.Env, "LESS=FRX") // as git does: colors, and no screen of its own
	}
	return command
}

// runPager shows a text and reports whether the pager could be started. An interrupt is
// the pager's business while it runs.
func runPager(pager *exec.Cmd, text []byte) bool {
	pager.Stdin = bytes.NewReader(text)
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	err := pager.Run()
	// A pager that ended early, or with an error of its own, has been seen.
	return err == nil || !errors.Is(err, exec.ErrNotFound) && pager.ProcessState != nil
}
