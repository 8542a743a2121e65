package server_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/server"
)

// faucet is a writer that blocks until it is opened, as a pipe does that nobody
// reads, and fails while it is broken.
type faucet struct {
	opened chan struct{}

	mu     sync.Mutex
	b      bytes.Buffer
	broken bool
}

func (f *faucet) Write(p []byte) (int, error) {
	<-f.opened
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken {
		return 0, errors.New("no space left on device")
	}
	return f.b.Write(p)
}

func (f *faucet) setBroken(broken bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.broken = broken
}

// TestLineQueueDropsAndSaysSo lets nobody read for a while: no line waits, those
// that fit come in order, and what follows says how many did not.
func TestLineQueueDropsAndSaysSo(t *testing.T) {
	t.Parallel()
	for format, notice := range map[string]*regexp.Regexp{
		"text": regexp.MustCompile(`level=ERROR msg="log lines were dropped, because nobody read them" lines=(\d+)`),
		"json": regexp.MustCompile(`"level":"ERROR","msg":"log lines were dropped, because nobody read them","lines":(\d+)`),
		"none": regexp.MustCompile(`^pagerduty-mcp: (\d+) lines were dropped here, because nobody read them$`),
	} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				const lines = 10000
				stderr := &faucet{opened: make(chan struct{})}
				queue := server.NewLineQueue(stderr)
				say := func(n int) { _, _ = fmt.Fprintf(queue, "%s line %d\n", strings.Repeat("x", 80), n) }
				if format != "none" {
					log, err := server.NewLogger(queue, "error", format)
					if err != nil {
						t.Fatal(err)
					}
					say = func(n int) { log.Error(strings.Repeat("x", 80) + " line " + strconv.Itoa(n)) }
				}
				for n := range lines {
					say(n) // would block for ever, which synctest finds
				}
				close(stderr.opened)
				synctest.Wait()
				say(lines)
				queue.Flush(time.Minute)

				shown, dropped, last := 0, 0, -1
				lineNumber := regexp.MustCompile(`line (\d+)`)
				for line := range strings.Lines(stderr.b.String()) {
					if m := notice.FindStringSubmatch(strings.TrimSuffix(line, "\n")); m != nil {
						n, _ := strconv.Atoi(m[1])
						dropped += n
						last += n
						continue
					}
					m := lineNumber.FindStringSubmatch(line)
					if m == nil {
						t.Fatalf("a broken line: %q", line)
					}
					shown++
					if n, _ := strconv.Atoi(m[1]); n != last+1 {
						t.Fatalf("line %d follows line %d", n, last)
					}
					last++
				}
				if dropped < lines/10 || shown < 1000 || shown+dropped != lines+1 {
					t.Errorf("%d lines shown and %d dropped, of %d", shown, dropped, lines+1)
				}
			})
		})
	}
}

// TestLineQueueSurvivesAWriterThatFails has the disk fill up and be emptied again.
func TestLineQueueSurvivesAWriterThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		disk := &faucet{opened: make(chan struct{})}
		close(disk.opened)
		queue := server.NewLineQueue(disk)
		say := func(text string) {
			_, _ = io.WriteString(queue, text+"\n")
			synctest.Wait()
		}
		say("one")
		disk.setBroken(true)
		say("two")
		say("three")
		disk.setBroken(false)
		say("four")
		if want := "one\npagerduty-mcp: 2 lines were dropped here, because nobody read them\nfour\n"; disk.b.String() != want {
			t.Errorf("the disk has %q, want %q", disk.b.String(), want)
		}
	})
}

// TestLineQueueEnds shows that flushing is bounded in time. That an idle queue
// keeps no goroutine is held by synctest, which fails if one stays.
func TestLineQueueEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stderr := &faucet{opened: make(chan struct{})}
		queue := server.NewLineQueue(stderr)
		queue.Flush(time.Hour) // nothing waits
		_, _ = io.WriteString(queue, "hello\n")
		begun := time.Now()
		queue.Flush(time.Second)
		if took := time.Since(begun); took != time.Second {
			t.Errorf("flushing to nobody took %v", took)
		}
		close(stderr.opened)
		queue.Flush(time.Hour)
		if took := time.Since(begun); took != time.Second || stderr.b.String() != "hello\n" {
			t.Errorf("flushed %q in %v", stderr.b.String(), took)
		}
		synctest.Wait()
	})
}

// TestLineQueueTakesAnyLine passes a line that is longer than the queue.
func TestLineQueueTakesAnyLine(t *testing.T) {
	t.Parallel()
	var out faucet
	out.opened = make(chan struct{})
	close(out.opened)
	queue := server.NewLineQueue(&out)
	long := strings.Repeat("x", 1<<20) + "\n"
	_, _ = io.WriteString(queue, long)
	queue.Flush(time.Minute)
	if out.b.String() != long {
		t.Errorf("%d bytes came, want %d", out.b.Len(), len(long))
	}
}
