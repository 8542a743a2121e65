package rest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

type thing struct{ id, name string }

func (t *thing) ID() string   { return t.id }
func (t *thing) Name() string { return t.name }

// shop is an account with things, which every key may read.
type shop struct{ things rest.Table[*thing] }

type shopCall struct {
	*rest.Call
	*shop
}

func (s *shop) Authenticate(c *rest.Call) (*shopCall, *rest.Answer) {
	if c.Header.Get("Authorization") == "" {
		return nil, rest.Fail(http.StatusUnauthorized, 2006, "Authentication failed")
	}
	return &shopCall{c, s}, nil
}

func (*shop) Attribute(c *shopCall, attributed bool) *rest.Answer {
	if attributed && c.Header.Get("From") == "" {
		return rest.Fail(http.StatusBadRequest, 2016, "From is missing")
	}
	return nil
}

func newShop(keep int) *rest.Server[*shopCall] {
	s := &shop{}
	for n := range 30 {
		s.things.Add(&thing{fmt.Sprintf("P%d", n), fmt.Sprintf("Thing %d", n)})
	}
	show := func(t *thing) rest.Object { return rest.Object{"id": t.id, "name": t.name} }
	return rest.NewServer(s, []rest.Route[*shopCall]{
		{
			Pattern: "GET /things", Query: rest.Paging().With(rest.Query{"ids[]": rest.IDs(), "since": rest.Moment()}),
			Handle: func(c *shopCall) *rest.Answer { return rest.Page(c.Call, "things", c.things.All(), show) },
		},
		{
			Pattern: "POST /things", Attributed: true,
			Body: rest.Envelope("thing", rest.Map(rest.Fields{
				"name": rest.String(9).Required(), "note": rest.String(9).OrNull(), "text": rest.String(9).OrEmpty(),
				"sizes": rest.List(2, rest.Integer(3)), "color": rest.Enum("red", "blue"), "at": rest.Instant(), "zone": rest.ZoneName(),
				"opens": rest.TimeOfDay(), "owner": rest.Reference("user_reference"),
			})),
			Handle: func(c *shopCall) *rest.Answer { return rest.Created(rest.Object{"name": c.Text("thing", "name")}) },
		},
	}, rest.Options{Now: time.Now, KeepRequests: keep})
}

// ask sends a request that has all that a server wants.
func ask(t *testing.T, h http.Handler, method, target, body string) (status int, answer string) {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for name, value := range map[string]string{
		"Accept": "application/vnd.pagerduty+json;version=2", "Authorization": "Token token=x", "From": "a@example.com",
		"Content-Type": "application/json",
	} {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestQuery(t *testing.T) {
	t.Parallel()
	s := newShop(10)
	for target, want := range map[string]string{
		"/things?ids[]=P1&ids[]=P2":          "",
		"/things?since=2026-01-01T00:00:00Z": "",
		"/things?teams_ids[]=P1":             `"teams_ids[]" is not a query parameter of this operation`,
		"/things?limit=1&limit=2":            `"limit" is given 2 times`,
		"/things?limit=0":                    `limit is "0", not an integer from 1 to 100`,
		"/things?limit=101":                  `limit is "101", not an integer from 1 to 100`,
		"/things?total=True":                 `total is "True", not one of true, false`,
		"/things?ids[]=":                     `ids[] is "", not an id`,
		"/things?since=2026-01-01":           `not an RFC 3339 time with an offset`,
		"/things?offset=9990":                "Offset+limit exceeds maximum allowed value of 10000",
		"/nothings":                          "there is no GET /nothings",
	} {
		status, answer := ask(t, s, http.MethodGet, strings.ReplaceAll(target, `"`, "%22"), "")
		if (want == "") != (status == http.StatusOK) || !strings.Contains(strings.ReplaceAll(answer, `\"`, `"`), want) {
			t.Errorf("%s: %d %s, want %s", target, status, answer, want)
		}
	}
}

func TestBody(t *testing.T) {
	t.Parallel()
	s := newShop(10)
	for body, want := range map[string]string{
		`{"thing":{"name":"x","note":null,"text":"","sizes":[1,3],"color":"red","at":"2026-01-01T00:00:00+01:00","zone":"Asia/Tokyo","opens":"09:00:00","owner":{"id":"P1","type":"user_reference"}}}`: "",
		`{"thing":{}}`:          "body.thing.name is required",
		`{}`:                    "body.thing is required",
		`[]`:                    "body is not an object",
		`{"thing":{"name":""}}`: "body.thing.name has 0 characters, not 1 to 9",
		`{"thing":{"name":"äöüäöüäöüä"}}`:                  "body.thing.name has 10 characters, not 1 to 9",
		`{"thing":{"name":null}}`:                          "body.thing.name is not a string",
		`{"thing":{"name":"x","kind":"y"}}`:                "body.thing.kind is not a key of this operation's body",
		`{"thing":{"name":"x","sizes":[]}}`:                "body.thing.sizes has 0 items, not 1 to 2",
		`{"thing":{"name":"x","sizes":[4]}}`:               "body.thing.sizes[0] is not an integer from 1 to 3",
		`{"thing":{"name":"x","sizes":[1.5]}}`:             "body.thing.sizes[0] is not an integer from 1 to 3",
		`{"thing":{"name":"x","color":"green"}}`:           "body.thing.color is not one of red, blue",
		`{"thing":{"name":"x","at":"2026-01-01"}}`:         "body.thing.at is not an RFC 3339 time",
		`{"thing":{"name":"x","zone":"Mars/Base"}}`:        "body.thing.zone is not a time zone",
		`{"thing":{"name":"x","zone":""}}`:                 "body.thing.zone is not a time zone",
		`{"thing":{"name":"x","opens":"9 am"}}`:            "body.thing.opens is not a time of day",
		`{"thing":{"name":"x","owner":{"id":"P1"}}}`:       "body.thing.owner.type is required",
		`{"thing":{"name":"x","owner":{"type":"service"}}`: "the body is not JSON",
	} {
		status, answer := ask(t, s, http.MethodPost, "/things", body)
		if (want == "") != (status == http.StatusCreated) || !strings.Contains(answer, want) {
			t.Errorf("%s: %d %s, want %s", body, status, answer, want)
		}
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	s := newShop(10)
	for target, want := range map[string]struct {
		rows  int
		more  bool
		total any
	}{
		"/things":                               {25, true, nil},
		"/things?offset=25":                     {5, false, nil},
		"/things?limit=30&total=true":           {30, false, 30.0},
		"/things?limit=10&offset=40&total=true": {0, false, 30.0},
	} {
		status, answer := ask(t, s, http.MethodGet, target, "")
		var got struct {
			Things []rest.Object
			More   bool
			Total  any
		}
		if err := json.Unmarshal([]byte(answer), &got); err != nil || status != http.StatusOK {
			t.Fatal(target, status, err)
		}
		if len(got.Things) != want.rows || got.Things == nil || got.More != want.more || got.Total != want.total {
			t.Errorf("%s: %s", target, answer)
		}
	}
}

// TestLog shows that the log keeps the newest requests, in order, and no more.
func TestLog(t *testing.T) {
	t.Parallel()
	s := newShop(3)
	for n := 1; n <= 8; n++ {
		ask(t, s, http.MethodGet, fmt.Sprintf("/things?limit=%d", n), "")
		got := s.Requests()
		if len(got) != min(n, 3) {
			t.Fatalf("after %d requests the log has %d", n, len(got))
		}
		for i, r := range got {
			want := fmt.Sprintf("GET /things?limit=%d", n-len(got)+1+i)
			if r.String() != want || r.Status != http.StatusOK || r.Header.Get("Authorization") != "" {
				t.Errorf("after %d requests, at %d: %v, status %d, want %s", n, i, r, r.Status, want)
			}
		}
	}
	s.ForgetRequests()
	if got := s.Requests(); len(got) > 0 {
		t.Errorf("after ForgetRequests: %v", got)
	}
	ask(t, s, http.MethodGet, "/things", "")
	if got := s.Requests(); len(got) != 1 {
		t.Errorf("after one more request: %v", got)
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	var table rest.Table[*thing]
	a, b, c := &thing{"1", "b"}, &thing{"2", "A"}, &thing{"3", "c"}
	table.Add(a, b)
	table.Add(c)
	if table.Get("2") != b || table.Get("4") != nil || table.Named("c") != c || table.Len() != 3 {
		t.Error("lookups", table)
	}
	rows := table.Where(func(r *thing) bool { return r != c })
	rest.ByName(rows, "")
	if len(rows) != 2 || rows[0] != b || table.All()[0] != a {
		t.Error("Where", rows, table.All())
	}
	rest.ByName(rows, "name:desc")
	if rows[0] != a {
		t.Error("descending", rows)
	}
	table.Remove(b)
	if table.Get("2") != nil || table.Len() != 2 || table.All()[1] != c {
		t.Error("Remove", table)
	}
}
