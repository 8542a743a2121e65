package pdapi_test

import (
	"errors"
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
		{400, `{"error":{"message":"Bad","code":2001,"errors":{"name":["is too long"]}}}`, 2001, "Bad; is too long"},
		{400, `{"errors":["Time zone cannot be empty."]}`, 0, "Time zone cannot be empty."},
		{400, `{"message":"no"}`, 0, "no"},
		{414, "<html><head><title>414 Request-URI Too Large</title></head><body>nginx</body></html>", 0, "414 Request-URI Too Large"},
		{401, "", 0, ""},
		{418, `"just a string"`, 0, `"just a string"`},
		{404, `null`, 0, ""},
		{413, `{"error":{"message":"too many","code":"x"}}`, 0, "too many"},
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
