package rest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/gofrs/flock"
)

// Journal keeps an account in a file: a line that describes it, and a line for each
// request that changed it. An account to which the same is done at the same times is
// the same account, so doing it again brings it back. Processes that use one file take
// turns, and do what the others did before they answer.
type Journal struct {
	path string
	file *os.File
	lock *flock.Flock
	read int64 // how many bytes of the file this process has done
}

// entry is one line: a request that was answered, and how.
type entry struct {
	At     time.Time       `json:"at"` // by the account's clock
	Method string          `json:"method"`
	Path   string          `json:"path"` // with the query
	Key    string          `json:"key"`  // as the Authorization header has it; it opens a simulated account alone
	From   string          `json:"from,omitempty"`
	Body   json.RawMessage `json:"body,omitempty"`
	Status int             `json:"status"`
}

// OpenJournal opens the journal in a file, or begins one with a first line. It returns
// the first line that the file has.
func OpenJournal(path string, first []byte) (*Journal, []byte, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, err
	}
	j := &Journal{path: path, file: file, lock: flock.New(path + ".lock")}
	head, err := j.begin(first)
	if err != nil {
		j.Close()
		return nil, nil, err
	}
	return j, head, nil
}

// begin reads the first line, or writes it into a file that is empty.
func (j *Journal) begin(first []byte) ([]byte, error) {
	if err := j.lock.Lock(); err != nil {
		return nil, err
	}
	defer func() { _ = j.lock.Unlock() }()
	info, err := j.file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", j.path)
	}
	if info.Size() == 0 {
		if _, err := j.file.Write(append(bytes.Clone(first), '\n')); err != nil {
			return nil, err
		}
	}
	line, err := bufio.NewReader(io.NewSectionReader(j.file, 0, 64<<10)).ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	j.read = int64(len(line))
	return bytes.TrimSpace(line), nil
}

// Close frees what the journal holds. The lock's own file stays, since another process
// may wait for it.
func (j *Journal) Close() {
	_ = j.file.Close()
	_ = j.lock.Close()
}

// turn waits for this process's turn and does what others did since the last one. The
// function that it returns ends the turn.
func (j *Journal) turn(do func(entry) error) (func(), error) {
	if err := j.lock.Lock(); err != nil {
		return nil, err
	}
	end := func() { _ = j.lock.Unlock() }
	if err := j.catchUp(do); err != nil {
		end()
		return nil, fmt.Errorf("the state file %s: %w", j.path, err)
	}
	return end, nil
}

func (j *Journal) catchUp(do func(entry) error) error {
	info, err := j.file.Stat()
	if err != nil {
		return err
	}
	if info.Size() < j.read {
		return errors.New("something cut it while it was in use; start again")
	}
	news := bufio.NewReader(io.NewSectionReader(j.file, j.read, info.Size()-j.read))
	for {
		line, err := news.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			if len(line) > 0 { // a process ended while it wrote
				return j.file.Truncate(j.read)
			}
			return nil
		} else if err != nil {
			return err
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("the line at byte %d is not one of a request; delete the file to start over", j.read)
		}
		if err := do(e); err != nil {
			return fmt.Errorf("the line at byte %d: %w; delete the file to start over", j.read, err)
		}
		j.read += int64(len(line))
	}
}

// add writes a line. It is called in this process's turn.
func (j *Journal) add(e entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	n, err := j.file.Write(append(line, '\n'))
	j.read += int64(n)
	return err
}

// changes reports whether an answered request belongs into a journal.
func changes(r *http.Request, a *Answer) bool {
	return r.Method != http.MethodGet && a.Status < http.StatusBadRequest
}

func entryOf(r *http.Request, body []byte, at time.Time, status int) entry {
	return entry{
		At: at, Method: r.Method, Path: r.URL.RequestURI(), Key: r.Header.Get("Authorization"), From: r.Header.Get("From"), Body: body, Status: status,
	}
}

// request is the request of a line.
func (e entry) request() (*http.Request, error) {
	r, err := http.NewRequest(e.Method, e.Path, bytes.NewReader(e.Body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", accepted)
	r.Header.Set("Authorization", e.Key)
	if e.From != "" {
		r.Header.Set("From", e.From)
	}
	if len(e.Body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	return r, nil
}

// again is a request of a journal that is done once more. It is also what the mux
// gets as the writer, and so how [Server.serve] knows of it.
type again struct {
	http.ResponseWriter
	at     time.Time
	body   []byte
	status int
}

// redo does a request of a journal once more.
func (s *Server[C]) redo(e entry) error {
	r, err := e.request()
	if err != nil {
		return err
	}
	done := &again{at: e.At, body: e.Body}
	s.mux.ServeHTTP(done, r)
	if done.status != e.Status {
		return fmt.Errorf("%s %s was answered %d, and is %d now: another version of this program wrote it", e.Method, e.Path, e.Status, done.status)
	}
	return nil
}
