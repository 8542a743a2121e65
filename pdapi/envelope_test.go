package pdapi

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadEnvelope(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]struct {
		ids  []string
		more string
		odd  bool
	}{
		`{"incidents":[{"id":"Q1"},{"id":"Q2","new":{"x":[1]}}],"more":true,"total":null,"limit":2}`: {ids: []string{"Q1", "Q2"}, more: "true"},
		`{"more":false,"other":[{"incidents":[]}],"incidents":[]}`:                                   {ids: []string{}, more: "false"},
		`{"incidents":null}`:         {},
		`{}`:                         {},
		`{"incidents":{"id":"Q1"}}`:  {odd: true},
		`{"incidents":[{"id":"Q1"}`:  {odd: true},
		`{"incidents":[{"id":["Q"]}`: {odd: true},
		`[]`:                         {odd: true},
		`"x"`:                        {odd: true},
		`<html>`:                     {odd: true},
		``:                           {odd: true},
		`{"incidents":[]} {}`:        {odd: true},
		"{\"incidents\":[]}\n":       {ids: []string{}},
	} {
		for how, read := range map[string]func(io.Reader, string) (envelope[[]Incident], error){
			"in one go": readShort, "as it comes in": readLong[[]Incident],
		} {
			e, err := read(strings.NewReader(body), "incidents")
			if (err != nil) != want.odd {
				t.Errorf("%s, %s: %v, want an error: %v", body, how, err, want.odd)
				continue
			}
			if err != nil {
				continue
			}
			var ids []string
			if e.value != nil {
				ids = []string{}
				for _, i := range *e.value {
					ids = append(ids, i.ID)
				}
			}
			if diff := cmp.Diff(want.ids, ids); diff != "" || string(e.more) != want.more {
				t.Errorf("%s, %s: more %s, -want +got:\n%s", body, how, e.more, diff)
			}
		}
	}
}

func readShort(body io.Reader, key string) (envelope[[]Incident], error) {
	return readEnvelope[[]Incident](&scratch{}, body, key)
}

// FuzzEnvelope reads answers and errors of any form: they may not be understood,
// but never panic, and what is JSON reads as it does in one piece.
func FuzzEnvelope(f *testing.F) {
	for _, seed := range []string{
		`{"incidents":[{"id":"Q1","assignments":[null],"created_at":7}],"more":true}`, `{"incidents":[1]}`, `{"error":{"message":"x","code":1,"errors":{"a":["b"]}}}`,
		`{"error":["x"]}`, `<html><title>502</title>`, `{"incidents":[{}]}{`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		whole, err := readShort(strings.NewReader(body), "incidents")
		parts, errParts := readLong[[]Incident](strings.NewReader(body), "incidents")
		// A key that is there twice, or in other letters, may be read either way.
		once := strings.Count(body, "incidents") == 1 && strings.Count(strings.ToLower(body), "incidents") == 1
		if once && err == nil && errParts == nil {
			if (whole.value == nil) != (parts.value == nil) || whole.value != nil && len(*whole.value) != len(*parts.value) {
				t.Errorf("%q reads differently as it comes in", body)
			}
		}
		failed := newError(request{method: http.MethodPost}, "/x", answer{status: http.StatusBadGateway, header: http.Header{}, data: []byte(body)}, Key{secret: "secret"})
		if len(failed.Words()) > (maxDetails+2)*(maxMessage+10) || !failed.MaybeDone {
			t.Errorf("%q: %d bytes of words", body, len(failed.Words()))
		}
	})
}
