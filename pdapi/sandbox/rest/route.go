package rest

import (
	"encoding/json"
	"net/http"
	"time"
)

// Route is one operation of the API.
type Route[C any] struct {
	Pattern    string // of [http.ServeMux]
	Query      Query  // the query parameters it takes
	Body       *Schema
	Attributed bool // a write that PagerDuty attributes to a user
	ByField    bool // details of errors come by the field that is wrong, as in version 3 of the API
	Handle     func(C) *Answer
}

// Call is a request that passed the checks.
type Call struct {
	*http.Request
	Body Object          // of a request that has one
	Raw  json.RawMessage // the body as it came
	Now  time.Time       // by the account's clock, in whole seconds of UTC
	// Operation is the pattern of the route.
	Operation string
}

func (c *Call) decode(schema *Schema, body []byte) *Answer {
	if schema == nil {
		if len(body) > 0 {
			return Invalid("sandbox: %s %s takes no body", c.Method, c.URL.Path)
		}
		return nil
	}
	if got := c.Header.Get("Content-Type"); got != "application/json" {
		return Invalid("sandbox: Content-Type is %q, not application/json", got)
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return Invalid("the body is not JSON: %v", err)
	}
	var problems []string
	schema.check("body", value, &problems)
	if len(problems) > 0 {
		return Fail(http.StatusBadRequest, 2001, "Invalid Input Provided", problems...)
	}
	c.Body, _ = value.(Object)
	c.Raw = body
	return nil
}

// Text reads a string deep in the body, "" where there is none.
func (c *Call) Text(path ...string) string { return Text(c.Body, path...) }

// Text reads a string deep in an object, "" where there is none.
func Text(o Object, path ...string) string {
	for _, name := range path[:len(path)-1] {
		o, _ = o[name].(Object)
	}
	s, _ := o[path[len(path)-1]].(string)
	return s
}
