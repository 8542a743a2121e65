package pdapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// request is one call as the files of the resources describe it.
type request struct {
	method string
	path   path
	query  url.Values
	body   any // sent as JSON when not nil
	// reads marks a request that changes nothing at PagerDuty, whatever its
	// method: PagerDuty's analytics are read by POST. [fetch] sets it, which a
	// Reader can call; [send], which needs a Client, clears it.
	reads bool
	// once marks a write that must not go out again after PagerDuty may have
	// received it: every POST, and the PUTs that notify people.
	once bool
	// alone marks a read that doesn't share the answer of one in flight, because
	// it has to be later than its caller's own beginning.
	alone bool
}

// outgoing is a request that is ready to be sent.
type outgoing struct {
	request
	url  string // whole
	sent string // its path, with ids, as errors show it
	body []byte // nil if there is none
}

// maxURL is the longest URL that is sent, in bytes. The servers in front of
// PagerDuty's API answer 414 to URLs of some 8,000 bytes.
const maxURL = 6000

// TooLongError is a call with more values in a filter than fit into a URL.
// Nothing was sent: the answers to parts of such a list can't be put together
// again, since PagerDuty sorts and pages each for itself.
type TooLongError struct {
	Filter string // PagerDuty's name of the filter with the most values
	Values int    // how many values it has
	Fits   int    // about how many would fit
}

func (e *TooLongError) Error() string {
	return fmt.Sprintf("%s has %d values, which make a URL that is longer than PagerDuty accepts; give at most %d at a time", e.Filter, e.Values, e.Fits)
}

// prepare checks a request and makes its URL and body.
func (c *conn) prepare(r request) (outgoing, error) {
	out := outgoing{request: r}
	var err error
	if out.sent, err = r.path.url(); err != nil {
		return out, err
	}
	for name, values := range r.query {
		if !strings.HasSuffix(name, "_ids[]") {
			continue
		}
		for _, id := range values { // a filter by "" may be a filter by nothing
			if err := checkID(id); err != nil {
				return out, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	out.url = c.base + out.sent
	if len(r.query) > 0 {
		out.url += "?" + r.query.Encode()
	}
	if excess := len(out.url) - maxURL; excess > 0 {
		return out, tooLong(r.query, excess)
	}
	if r.body != nil {
		if out.body, err = json.Marshal(r.body); err != nil {
			return out, fmt.Errorf("encoding the body of %s %s: %w", r.method, out.sent, err)
		}
	}
	return out, nil
}

// tooLong names the filter that makes a URL too long by so many bytes.
func tooLong(query url.Values, excess int) error {
	e := &TooLongError{}
	for name, values := range query {
		if len(values) > e.Values {
			e.Filter, e.Values = name, len(values)
		}
	}
	longest := len(url.Values{e.Filter: query[e.Filter]}.Encode())
	e.Fits = max(1, e.Values*(longest-excess)/max(longest, 1))
	return e
}

// get is a request that reads by GET.
func get(p path, query url.Values) request {
	return request{method: http.MethodGet, path: p, query: query}
}

// add puts a set filter into a query: PagerDuty wants the name repeated.
func add(q url.Values, name string, values []string) {
	for _, v := range values {
		q.Add(name, v)
	}
}

// set puts a parameter into a query if it is not empty.
func set(q url.Values, name, value string) {
	if value != "" {
		q.Set(name, value)
	}
}

// between puts two points in time into a query, those that are not zero.
func between(since, until time.Time) url.Values {
	q := url.Values{}
	for name, at := range map[string]time.Time{"since": since, "until": until} {
		if !at.IsZero() {
			q.Set(name, at.UTC().Format(time.RFC3339))
		}
	}
	return q
}
