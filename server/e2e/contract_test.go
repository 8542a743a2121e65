package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// document is where PagerDuty's OpenAPI document lies beside a checkout of this
// repository, if it does.
var document = filepath.Join("..", "..", "..", "shared", "contract", "pagerduty-openapi.json")

// nullable are properties that the document's descriptions, but not its schemas,
// say may be null.
var nullable = map[string][]string{
	"Oncall":  {"start", "end", "schedule"},
	"Service": {"auto_resolve_timeout", "acknowledgement_timeout", "support_hours"},
	// A user without a time zone has the account's, and a layer may have no end.
	"User": {"time_zone"}, "ScheduleLayer": {"end"},
}

// widened are properties whose values are more than the document's schemas list:
// include[]=contact_methods makes whole contact methods of references to them.
var widened = map[string]string{"ContactMethodReference": "type"}

// contract checks what passes between the client and the sandbox against
// PagerDuty's published contract.
type contract struct {
	t      *testing.T
	router routers.Router
	next   http.Handler

	mu         sync.Mutex
	operations map[string]int // requests checked, by method and path template
}

func loadContract(t *testing.T) routers.Router {
	t.Helper()
	data, err := os.ReadFile(document)
	if os.IsNotExist(err) {
		t.Skipf("PagerDuty's OpenAPI document is not at %s, so nothing can be checked against it", document)
	}
	if err != nil {
		t.Fatal(err)
	}
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(data)
	if err != nil {
		t.Fatal(err)
	}
	doc.Servers = nil
	for schema, names := range nullable {
		walk(doc.Components.Schemas[schema], func(s *openapi3.Schema) {
			for _, name := range names {
				if property := s.Properties[name]; property != nil {
					copied := *property.Value
					copied.Nullable = true
					s.Properties[name] = openapi3.NewSchemaRef("", &copied)
				}
			}
		})
	}
	for schema, name := range widened {
		walk(doc.Components.Schemas[schema], func(s *openapi3.Schema) {
			if property := s.Properties[name]; property != nil {
				copied := *property.Value
				copied.Enum = nil
				s.Properties[name] = openapi3.NewSchemaRef("", &copied)
			}
		})
	}
	if err := doc.Validate(loader.Context, openapi3.DisableExamplesValidation()); err != nil {
		t.Fatal(err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return router
}

func (c *contract) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	route, pathParams, err := c.router.FindRoute(r)
	if err != nil {
		c.t.Errorf("%s %s is not in PagerDuty's contract: %v", r.Method, r.URL.Path, err)
		http.Error(w, "no such operation", http.StatusNotFound)
		return
	}
	where := r.Method + " " + route.Path
	c.mu.Lock()
	c.operations[where]++
	c.mu.Unlock()
	input := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: pathParams, Route: route,
		Options: &openapi3filter.Options{
			ExcludeReadOnlyValidations: true, IncludeResponseStatus: true, MultiError: true,
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
		},
	}
	if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
		c.t.Errorf("%s: the request is not as PagerDuty's contract says: %v\n%s", where, err, body)
	}
	for _, problem := range unknownParts(route, r, body) {
		c.t.Errorf("%s: %s", where, problem)
	}

	r.Body = io.NopCloser(bytes.NewReader(body))
	recorded := httptest.NewRecorder()
	c.next.ServeHTTP(recorded, r)
	answer := recorded.Body.Bytes()
	if err := openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: recorded.Code, Header: recorded.Header(),
		Body: io.NopCloser(bytes.NewReader(answer)), Options: input.Options,
	}); err != nil {
		c.t.Errorf("%s: the sandbox's answer is not as PagerDuty's contract says: %v\n%.2000s", where, err, answer)
	}
	maps.Copy(w.Header(), recorded.Header())
	w.WriteHeader(recorded.Code)
	_, _ = w.Write(answer)
}

// unknownParts are the query parameters and body keys that the contract does not
// have, which kin-openapi lets pass as PagerDuty does.
func unknownParts(route *routers.Route, r *http.Request, body []byte) []string {
	var problems []string
	known := map[string]bool{}
	for _, list := range []openapi3.Parameters{route.PathItem.Parameters, route.Operation.Parameters} {
		for _, p := range list {
			if p.Value.In == openapi3.ParameterInQuery {
				known[p.Value.Name] = true
			}
		}
	}
	for name := range r.URL.Query() {
		if !known[name] && !undocumented[r.Method+" "+route.Path+" "+name] {
			problems = append(problems, fmt.Sprintf("query parameter %q is not in the contract", name))
		}
	}
	if len(body) == 0 {
		return problems
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return append(problems, err.Error())
	}
	if route.Operation.RequestBody == nil {
		return append(problems, "a body is not in the contract")
	}
	schema := route.Operation.RequestBody.Value.Content.Get("application/json").Schema
	return append(problems, unknownKeys("body", schema, value)...)
}

// undocumented are query parameters that the contract lacks and PagerDuty takes.
var undocumented = map[string]bool{
	"GET /incidents priority_ids[]": true,
}

// contradicted are keys that the contract's schemas lack and its own examples have.
var contradicted = map[string]bool{
	"body.responder_request_targets[].responder_request_target": true, // of POST /incidents/{id}/responder_requests
	"body.alerts[].id": true, "body.alerts[].type": true, // of PUT /incidents/{id}/alerts
}

var place = regexp.MustCompile(`\[\d+\]`)

func unknownKeys(at string, schema *openapi3.SchemaRef, value any) []string {
	var problems []string
	switch value := value.(type) {
	case map[string]any:
		members := map[string][]*openapi3.SchemaRef{}
		collect(schema, members)
		if len(members) == 0 {
			return nil // a free object
		}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if members[name] == nil && contradicted[place.ReplaceAllString(at, "[]")+"."+name] {
				continue
			}
			if members[name] == nil {
				problems = append(problems, fmt.Sprintf("%s.%s is not in the contract", at, name))
				continue
			}
			// Alternatives may describe a member differently: one has to know it all.
			best := unknownKeys(at+"."+name, members[name][0], value[name])
			for _, other := range members[name][1:] {
				if p := unknownKeys(at+"."+name, other, value[name]); len(p) < len(best) {
					best = p
				}
			}
			problems = append(problems, best...)
		}
	case []any:
		var items *openapi3.SchemaRef
		walk(schema, func(s *openapi3.Schema) {
			if s.Items != nil {
				items = s.Items
			}
		})
		if items != nil {
			for i, item := range value {
				problems = append(problems, unknownKeys(fmt.Sprintf("%s[%d]", at, i), items, item)...)
			}
		}
	}
	return problems
}

// collect gathers the members that a schema and its parts describe.
func collect(schema *openapi3.SchemaRef, members map[string][]*openapi3.SchemaRef) {
	walk(schema, func(s *openapi3.Schema) {
		for name, member := range s.Properties {
			members[name] = append(members[name], member)
		}
	})
}

func walk(schema *openapi3.SchemaRef, visit func(*openapi3.Schema)) {
	if schema == nil || schema.Value == nil {
		return
	}
	visit(schema.Value)
	for _, parts := range []openapi3.SchemaRefs{schema.Value.AllOf, schema.Value.AnyOf, schema.Value.OneOf} {
		for _, part := range parts {
			walk(part, visit)
		}
	}
}

// TestContract makes every example call of every tool and checks each request
// and each answer of the sandbox.
func TestContract(t *testing.T) {
	t.Parallel()
	router := loadContract(t)
	rig.EachTool(t, func(t *testing.T, made tool.Tool, examples []json.RawMessage) {
		c := &contract{t: t, router: router, operations: map[string]int{}}
		r := rig.New(t, rig.WithConfig(func(config *pdapi.Config) { config.From = "ana.souza@northwind.example" }),
			rig.WithAPI(func(account http.Handler) http.Handler {
				c.next = account
				return c
			}))
		for _, arguments := range examples {
			if text, isError := r.Call(t, made.Name(), r.Fill(t, arguments)); isError {
				t.Errorf("%s %s: %s", made.Name(), arguments, text)
			}
		}
		t.Log(strings.Join(slices.Sorted(maps.Keys(c.operations)), ", "))
	})
}

// TestContractCatches shows that the checks can fail: each request has a
// mistake that PagerDuty would ignore or refuse.
func TestContractCatches(t *testing.T) {
	t.Parallel()
	router := loadContract(t)
	for name, c := range map[string]struct{ method, target, body string }{
		"unknown query parameter": {http.MethodGet, "/incidents?teams_ids[]=P1", ""},
		"unknown body key":        {http.MethodPost, "/incidents/Q1/notes", `{"note":{"content":"x","text":"y"}}`},
		"unknown nested key": {
			http.MethodPut, "/incidents",
			`{"incidents":[{"id":"Q1","type":"incident_reference","assignments":[{"at":"2026-01-01","assignee":{"id":"P1","type":"user_reference"}}]}]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(c.method, c.target, strings.NewReader(c.body))
			route, _, err := router.FindRoute(r)
			if err != nil {
				t.Fatal(err)
			}
			if problems := unknownParts(route, r, []byte(c.body)); len(problems) == 0 {
				t.Errorf("%s %s %s passed", c.method, c.target, c.body)
			}
		})
	}
}
