package pdapi

import (
	"net/http"
	"testing"
)

// FuzzError reads answers of any form that tell of a failure: they may not be
// understood, but never panic, and their words have a bound.
func FuzzError(f *testing.F) {
	for _, seed := range []string{
		`{"error":{"message":"x","code":1,"errors":{"a":["b"]}}}`, `{"error":["x"]}`, `<html><title>502</title>`, `{"error":{"errors":{"x":[[]]}}}{`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		failed := newError(request{method: http.MethodPost}, "/x", answer{status: http.StatusBadGateway, header: http.Header{}, data: []byte(body)}, Key{secret: "secret"})
		if len(failed.Words()) > (maxDetails+2)*(maxMessage+10) || !failed.MaybeDone {
			t.Errorf("%q: %d bytes of words", body, len(failed.Words()))
		}
	})
}
