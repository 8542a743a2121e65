package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/mark3labs/mcp-go/mcp"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// questions are the requests that a server has sent its client and that are not answered
// yet. Its zero value is ready to use.
type questions struct {
	mu   sync.Mutex
	last int
	open map[string]chan frame // by id, as it was written
}

// add makes an id for a question, and the channel that gets the answer.
func (q *questions) add() (id string, answer chan frame) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.open == nil {
		q.open = map[string]chan frame{}
	}
	q.last++
	// The client tells its own ids from the server's by who sent the request; the words
	// help whoever reads a log.
	id, answer = fmt.Sprintf(`"question-%d"`, q.last), make(chan frame, 1)
	q.open[id] = answer
	return id, answer
}

func (q *questions) drop(id string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.open, id)
}

// answered hands a response to whoever waits for it. One that nobody waits for is too
// late, and is dropped.
func (q *questions) answered(f frame) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if waiting := q.open[string(f.id)]; waiting != nil {
		waiting <- f
		delete(q.open, string(f.id))
	}
}

// ask sends the client a request and waits for the result. When ctx ends first, the
// client is told that nobody waits any more.
func (t *stdio) ask(ctx context.Context, method string, params any) (json.RawMessage, error) {
	id, answer := t.questions.add()
	defer t.questions.drop(id)
	t.send(map[string]any{"jsonrpc": mcp.JSONRPC_VERSION, "id": json.RawMessage(id), "method": method, "params": params})
	select {
	case f := <-answer:
		if f.result == nil {
			var failure struct{ Message string }
			_ = json.Unmarshal(f.failure, &failure)
			return nil, fmt.Errorf("the client refused to ask: %s", wording.Quote(failure.Message))
		}
		return f.result, nil
	case <-t.broken:
		return nil, errors.New("the client is gone")
	case <-ctx.Done():
		t.send(map[string]any{"jsonrpc": mcp.JSONRPC_VERSION, "method": string(mcp.MethodNotificationCancelled),
			"params": map[string]any{"requestId": json.RawMessage(id), "reason": "nobody waits for the answer any more"}})
		return nil, ctx.Err()
	}
}
