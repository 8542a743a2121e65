package tool_test

import (
	"encoding/json"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// TestNoNulls holds that nulls are left out of answers, wherever they come from.
func TestNoNulls(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"a":null}`:                              `{}`,
		`{"a":null,"b":1}`:                        `{"b":1}`,
		`{"b":1,"a":null}`:                        `{"b":1}`,
		`{"b":1,"a":null,"c":2}`:                  `{"b":1,"c":2}`,
		`{"a": null, "b": [null, 1, null, null]}`: `{"b":[1]}`,
		`[null]`:                             `[]`,
		`[null,null,{"a":null}]`:             `[{}]`,
		`["null",null,"x"]`:                  `["null","x"]`,
		`{"null":"a:null","b":"\",null,\\"}`: `{"null":"a:null","b":"\",null,\\"}`,
		`{"null":null,"b":{"c":null},"d":[[null],true,false]}`: `{"b":{},"d":[[],true,false]}`,
		`null`:     `null`,
		`{"a":nul`: `{"a":nul`, // no JSON
	} {
		if got := string(wording.CleanJSON(json.RawMessage(in))); got != want {
			t.Errorf("%s becomes %s, want %s", in, got, want)
		}
	}
	type part struct {
		List []string       `json:"list"`
		Map  map[string]int `json:"map"`
		Ref  *int           `json:"ref"`
		Last int            `json:"last"`
	}
	if got := rendered(t, part{}); got != `{"last":0}` {
		t.Errorf("%s", got)
	}
	list := tool.List[part]{Name: "parts", Items: []part{{Last: 1}}}
	list.AddFact("nothing", []string(nil))
	list.AddFact("something", 1)
	if got, want := rendered(t, list), `{"parts":[{"last":1}],"something":1,"count":1}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
