package server

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"time"
)

// maxQueued bounds the bytes of lines that wait for the reader of stderr.
const maxQueued = 256 << 10

// LineQueue is a writer of lines that never makes its caller wait, which is what
// a process needs whose stderr may be a pipe that nobody reads. Lines wait in
// memory for their reader, up to 256 KiB of them. The queue drops what comes
// after that, and says how many lines it dropped once the reader reads again.
type LineQueue struct {
	out io.Writer

	mu      sync.Mutex
	waiting []byte // lines that the queue has taken and not yet written
	dropped int    // lines that came when waiting was full
	lost    int    // lines that out refused, such as a full disk's
	notice  func(lines int) []byte
	idle    chan struct{} // closed when nothing is being written
	writing bool
}

// NewLineQueue returns a queue of lines for out.
func NewLineQueue(out io.Writer) *LineQueue {
	return &LineQueue{out: out, notice: func(lines int) []byte {
		return fmt.Appendf(nil, "pagerduty-mcp: %d lines were dropped here, because nobody read them\n", lines)
	}}
}

// Write takes p, which must end a line, or drops it. It returns at once and never
// fails.
func (q *LineQueue) Write(p []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	// After one dropped line the queue drops all lines until it can say so, which
	// keeps the lines in order. A line may be longer than the queue if it is alone.
	if q.dropped > 0 || len(q.waiting) > 0 && len(q.waiting)+len(p) > maxQueued {
		q.dropped += countLines(p)
		return len(p), nil
	}
	q.waiting = append(q.waiting, p...)
	if !q.writing {
		q.writing, q.idle = true, make(chan struct{})
		go q.write()
	}
	return len(p), nil
}

// write writes what waits until nothing does.
func (q *LineQueue) write() {
	q.mu.Lock()
	defer q.mu.Unlock()
	defer func() {
		q.writing = false
		close(q.idle)
	}()
	for len(q.waiting) > 0 {
		lines := countLines(q.waiting)
		chunk := append(append(q.sayLost(q.lost), q.waiting...), q.sayLost(q.dropped)...)
		missing := q.lost + q.dropped
		q.waiting, q.lost, q.dropped = nil, 0, 0
		q.mu.Unlock()
		_, err := q.out.Write(chunk)
		q.mu.Lock()
		if err != nil {
			// Nobody can be told of it now. The next line makes another attempt.
			q.lost += missing + lines + countLines(q.waiting) + q.dropped
			q.waiting, q.dropped = nil, 0
		}
	}
}

func (q *LineQueue) sayLost(lines int) []byte {
	if lines == 0 {
		return nil
	}
	return q.notice(lines)
}

// Flush waits until everything is written, but no longer than patience: the
// reader may never read.
func (q *LineQueue) Flush(patience time.Duration) {
	q.mu.Lock()
	writing, idle := q.writing, q.idle
	q.mu.Unlock()
	if !writing {
		return
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-idle:
	case <-timer.C:
	}
}

// Fd is the file descriptor of the stream, so that the queue of a terminal is
// known as one; of what is no file it is an invalid descriptor.
func (q *LineQueue) Fd() uintptr { return FileDescriptor(q.out) }

// FileDescriptor is the descriptor of the file behind stream, or an invalid one.
func FileDescriptor(stream any) uintptr {
	if file, ok := stream.(interface{ Fd() uintptr }); ok {
		return file.Fd()
	}
	return ^uintptr(0)
}

// sayDropped sets the words in which the queue says how many lines it dropped.
func (q *LineQueue) sayDropped(notice func(lines int) []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.notice = notice
}

func countLines(p []byte) int { return bytes.Count(p, []byte("\n")) }
