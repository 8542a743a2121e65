package recording

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/creack/pty"
)

// How long things are to be seen.
const (
	ofWord = 150 * time.Millisecond  // a word that was typed
	ofLine = 120 * time.Millisecond  // a line that is read
	atRest = 1500 * time.Millisecond // what is looked at, besides
)

// scrolled is how many lines come at once of an answer that is longer than the screen.
const scrolled = lines / 2

// A Frame is what is on the screen for some time.
type Frame struct {
	rows []string // markup
	last time.Duration
}

// A player plays the steps of a session.
type player struct {
	program, dir, path string
	screen             *screen
	frames             []Frame
}

// hold shows what is on the screen for some time.
func (p *player) hold(d time.Duration) {
	rows := p.screen.rows()
	if n := len(p.frames); n > 0 && slices.Equal(p.frames[n-1].rows, rows) {
		p.frames[n-1].last += d
		return
	}
	p.frames = append(p.frames, Frame{rows, d})
}

func (p *player) prompt() { p.screen.write([]byte("\x1b[32m$\x1b[0m ")) }

// openAccount makes the file of the simulated account, as of three o'clock.
func (p *player) openAccount(ctx context.Context) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	c := p.command(ctx, "03:00", "sandbox", "--scenario", "outage", "--state", account)
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		return fmt.Errorf("opening the account: %w", err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		return fmt.Errorf("opening the account: %w", err)
	}
	end()
	_ = c.Wait() // it was killed
	return nil
}

// command is the program with a clock and an environment that are always the same.
func (p *player) command(ctx context.Context, clock string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, p.program, args...)
	c.Dir = p.dir
	c.Env = []string{
		"CLOCK=2026-03-02T" + clock + ":00Z", "TZ=UTC", "TERM=xterm-256color", "PAGER=cat", "HOME=" + p.dir, "PAGERDUTY_MCP_KEYCHAIN=off",
		"PATH=" + p.path,
	}
	return c
}

// play types a command and shows what comes of it.
func (p *player) play(ctx context.Context, s step) error {
	p.prompt()
	p.hold(atRest / 2)
	for i, word := range s.words {
		if i > 0 {
			word = " " + word
		}
		p.screen.write([]byte(word))
		p.hold(ofWord)
	}
	p.screen.write([]byte("\r\n"))
	args := slices.Clone(s.words[1:])
	for i, arg := range args {
		args[i] = strings.Trim(arg, `"`)
	}
	c := p.command(ctx, s.clock, args...)
	terminal, err := pty.StartWithSize(c, &pty.Winsize{Cols: columns, Rows: lines})
	if err != nil {
		return err
	}
	defer func() { _ = terminal.Close() }()
	output := make(chan []byte)
	go func() {
		defer close(output)
		for {
			data := make([]byte, 4096)
			n, err := terminal.Read(data)
			output <- data[:n]
			if err != nil { // the program has ended, and with it the terminal
				return
			}
		}
	}()
	if s.shows == "" {
		p.read(output)
	} else if err := p.answer(s, terminal, output); err != nil {
		return err
	}
	if err := c.Wait(); err != nil {
		return fmt.Errorf("%w; the screen is\n%s", err, p.screen.text())
	}
	return nil
}

// read shows an answer some lines at a time.
func (p *player) read(output <-chan []byte) {
	var all []byte
	for data := range output {
		all = append(all, data...)
	}
	for part := range slices.Chunk(slices.Collect(bytes.Lines(all)), scrolled) {
		p.screen.write(bytes.Join(part, nil))
		p.hold(time.Duration(len(part))*ofLine + atRest)
	}
}

// answer waits for what a program shows, and presses keys.
func (p *player) answer(s step, terminal *os.File, output <-chan []byte) error {
	late := time.After(time.Minute)
	pressed := false
	for {
		select {
		case data, more := <-output:
			if !more {
				if !pressed {
					return errors.New("it ended before it was answered:\n" + p.screen.text())
				}
				p.hold(2 * atRest)
				return nil
			}
			p.screen.write(data)
			if _, err := terminal.Write(p.screen.replies()); err != nil {
				return err
			}
		case <-late:
			return fmt.Errorf("it does not show %q:\n%s", s.shows, p.screen.text())
		}
		if !pressed && strings.Contains(p.screen.text(), s.shows) {
			pressed = true
			p.hold(4 * atRest)
			if _, err := terminal.WriteString(s.keys); err != nil {
				return err
			}
		}
	}
}
