package pdapi_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

func TestErrorsReadEveryShape(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		body   string
		code   int
		words  string
	}{
		{400, `{"error":{"message":"Invalid Input Provided","code":2001,"errors":["Name is too long","Type is required"]}}`, 2001, "Invalid Input Provided; Name is too long; Type is required"},
		{400, `{"error":{"message":"Bad","code":2001,"errors":"Name is too long"}}`, 2001, "Bad; Name is too long"},
		{400, `{"error":"Please use a user-level token."}`, 0, "Please use a user-level token."},
		{400, `{"error":["one","two"]}`, 0, "one; two"},
		{400, `{"error":{"message":"Bad","code":2001,"errors":{"name":["is too long"]}}}`, 2001, "Bad; name: is too long"},
		{400, `{"errors":["Time zone cannot be empty."]}`, 0, "Time zone cannot be empty."},
		{400, `{"message":"no"}`, 0, "no"},
		{414, "<html><head><title>414 Request-URI Too Large</title></head><body>nginx</body></html>", 0, "414 Request-URI Too Large"},
		{401, "", 0, ""},
		{418, `"just a string"`, 0, `just a string`},
		{404, `null`, 0, ""},
		{413, `{"error":{"message":"too many","code":"x"}}`, 0, "too many"},
		{400, `{"error":{"message":"Bad","code":2001,"errors":{"name":["has already been taken","is odd"],"base":"is wrong","rules":[{"id":["x"]}]}}}`, 2001, "Bad; is wrong; name: has already been taken; name: is odd; rules.id: x"},
		{400, `{"message":"Bad","code":2001,"errors":["flat"]}`, 2001, "Bad; flat"},
		{400, `{"message":"Bad","code":"2001","errors":"flat"}`, 2001, "Bad; flat"},
		{400, `{"error":"Bad","message":"Worse"}`, 0, "Worse; Bad"},
		{400, `{"error":{"message":"Bad"},"errors":{"name":"x"}}`, 0, "Bad; name: x"},
		{400, `{"error":{"message":["one","two"]}}`, 0, "one; two"},
		{400, `{"error":{"message":{"title":"one"}}}`, 0, "one"},
		{400, `{"errors":[{"field":"name","message":"is taken","code":7},{"title":"Odd","detail":"really"}]}`, 0, "name: is taken; really"},
		{400, `{"errors":[["nested",["deeply"]],null,7]}`, 0, "nested; deeply"},
		{400, `{"problem":{"what":"odd","where":["a","b"],"how_many":7,"certain":true}}`, 0, "problem.certain: true; problem.how_many: 7; problem.what: odd; problem.where: a; problem.where: b"},
		{400, `{"error":{"message":"Bad","violations":{"limit":{"max":100}}}}`, 0, "Bad; violations.limit.max: 100"},
		{400, `{"error":{"code":2001}}`, 2001, ""},
		{400, `{"error":{"error":{"message":"inside"}}}`, 0, "inside"},
		{400, `["one",{"two":"three"}]`, 0, "one; two: three"},
		{400, `{"error":{"message":" two\nlines\t "}}`, 0, "two lines"},
		{400, "<html><head><style>p{}</style><script>x()</script></head><body><!-- no --><p>It&#39;s down</p></body></html>", 0, "It's down"},
		{400, "upstream connect error", 0, "upstream connect error"},
	} {
		box, pd := start(t)
		box.Inject(sandbox.Fault{Status: c.status, Body: c.body})
		_, err := pd.Incident(t.Context(), "4711")
		var answer *pdapi.Error
		if !errors.As(err, &answer) {
			t.Errorf("%s: %v is no *Error", c.body, err)
			continue
		}
		if answer.Status != c.status || answer.Code != c.code || answer.Words() != c.words {
			t.Errorf("%s: status %d, code %d, words %q; want %d, %d, %q", c.body, answer.Status, answer.Code, answer.Words(), c.status, c.code, c.words)
		}
	}
}

// TestTransient holds what passes by itself.
func TestTransient(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		`{"error":{"message":"Invalid Input Provided","code":2001,"errors":["Account could not be locked"]}}`: true,
		`{"error":{"message":"account could not be locked","code":2001}}`:                                     true,
		`{"error":"Could not be locked"}`:                                                                     true,
		`{"error":{"message":"Invalid Input","code":2001}}`:                                                   false,
		`{"error":{"message":"The account is locked"}}`:                                                       false,
		``:       false,
		`<html>`: false,
	} {
		box, pd := start(t)
		box.Inject(sandbox.Fault{Method: http.MethodPost, Status: 400, Body: body, Times: 1})
		_, err := pd.AddNote(t.Context(), box.ID("incident", "4711"), "hello")
		if sent := len(box.Requests()); (err == nil) != want || (sent == 2) != want {
			t.Errorf("%s: %d requests, %v; sent again should be %v", body, sent, err, want)
		}
		if want {
			e := &pdapi.Error{Status: 400, Message: "account could not be locked"}
			if !e.Transient() || (&pdapi.Error{Status: 403, Message: e.Message}).Transient() {
				t.Errorf("%v: Transient is wrong", e)
			}
		}
	}
	for status, want := range map[int]bool{400: false, 401: false, 404: false, 408: true, 422: false, 429: true, 500: true, 503: true} {
		if got := (&pdapi.Error{Status: status}).Transient(); got != want {
			t.Errorf("Transient of %d is %v", status, got)
		}
	}
}
