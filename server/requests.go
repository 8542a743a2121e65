package server

import (
	"container/list"
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/mark3labs/mcp-go/mcp"
)

const (
	maxCalls = 64       // requests from the queue that are at work at a time
	maxHeld  = 32 << 20 // bytes of messages: of the requests in the queue, and of those from it that are at work

	// requestCost is about how many bytes a request takes beside its message.
	requestCost = 1 << 10

	// codeUnavailable is the JSON-RPC error code for a request that the server can't
	// take now. MCP leaves the codes from -32019 to -32000 to implementations.
	codeUnavailable = -32000

	// whyEnding is the answer to a request that comes, or is still in the queue, when
	// the server ends.
	whyEnding = "nothing was done, because the server is ending; send the request again once it has been started anew"
)

// request is a request of the client that is not answered yet. Requests are told
// apart by their address, since the client may use the id of a canceled request again.
type request struct {
	frame   frame           // without its parameters, which are in the message
	message json.RawMessage // what mcp-go gets
	cost    int             // bytes that count toward maxHeld

	ctx    context.Context // ends when the client cancels the request
	cancel context.CancelFunc
	place  *list.Element // in the queue; nil if the request is not in it
}

// requests are the requests of one client. Those that may take long go through a
// queue, from which up to maxCalls goroutines take them. The goroutines end when the
// queue is empty, and a request in the queue has none.
type requests struct {
	answer func(*request) // called once for each request that is not canceled in the queue

	mu      sync.Mutex
	open    map[string]*request // requests that want an answer, by id as the client wrote it
	queue   list.List           // of *request, oldest first
	workers int                 // goroutines that take requests from the queue
	held    int                 // the sum of the costs
	ending  bool                // no more requests are taken
	left    sync.WaitGroup      // counts the requests that are in the queue or at work
}

// add takes a request, or says why not. If it is to be queued, a goroutine answers it
// when its turn comes; if not, the caller has to run it.
func (q *requests) add(ctx context.Context, f frame, queued bool) (*request, *frameError) {
	r := &request{frame: f, message: f.message()}
	r.frame.params = nil
	if queued {
		r.cost = len(r.message) + requestCost
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.open[string(f.id)] != nil:
		return nil, &frameError{f.id, mcp.INVALID_REQUEST, "a request with this id is still at work; give every request an id of its own"}
	case q.ending:
		return nil, &frameError{f.id, codeUnavailable, whyEnding}
	case q.held+r.cost > maxHeld:
		return nil, &frameError{f.id, codeUnavailable, fmt.Sprintf(
			"nothing was done, because %d requests are waiting already, and with this one their messages would have more than %d MiB; wait for answers, then send it again",
			len(q.open), maxHeld>>20)}
	}
	r.ctx, r.cancel = context.WithCancel(ctx)
	q.open[string(f.id)] = r
	q.held += r.cost
	q.left.Add(1)
	if queued {
		r.place = q.queue.PushBack(r)
		if q.workers < maxCalls {
			q.workers++
			go q.work()
		}
	}
	return r, nil
}

// work runs the requests in the queue until there are no more.
func (q *requests) work() {
	for r := q.next(); r != nil; r = q.next() {
		q.run(r)
	}
}

// next takes the oldest request from the queue. If the queue is empty it returns nil,
// and no longer counts its caller among the workers.
func (q *requests) next() *request {
	q.mu.Lock()
	defer q.mu.Unlock()
	oldest := q.queue.Front()
	if oldest == nil {
		q.workers--
		return nil
	}
	r := q.queue.Remove(oldest).(*request)
	r.place = nil
	return r
}

// run answers a request.
func (q *requests) run(r *request) {
	defer q.left.Done()
	defer r.cancel()
	q.answer(r)
}

// settle is called when the answer to r is known. It reports whether the client still
// wants it: a canceled request must not be answered.
func (q *requests) settle(r *request) (wanted bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.held -= r.cost
	if q.open[string(r.frame.id)] != r {
		return false
	}
	delete(q.open, string(r.frame.id))
	return true
}

// cancel ends the request with an id, in the queue or at work. The client no longer
// wants its answer.
func (q *requests) cancel(id string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	r := q.open[id]
	if r == nil {
		return
	}
	delete(q.open, id)
	r.cancel()
	if r.place != nil {
		q.queue.Remove(r.place)
		q.held -= r.cost
		q.left.Done()
	}
}

// end refuses the requests that come from now on. It returns a channel that is closed
// when all earlier ones are answered or canceled.
func (q *requests) end() <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ending = true
	done := make(chan struct{})
	go func() {
		q.left.Wait()
		close(done)
	}()
	return done
}

// unanswered is how many requests still want an answer.
func (q *requests) unanswered() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.open)
}
