package tool

import (
	"iter"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Search is a list of the objects that have a text in their names. PagerDuty compares
// byte by byte: "Zoe" is no part of "Zoë" to it, nor is what somebody put in quotation
// marks. Where it finds nothing, those count whose names have the text as a plain
// keyboard has both.
type Search[A, B any] struct {
	Name  string // the resource's plural name
	Query string // "" lists all
	Paging
	Pages  func(query string, w pdapi.Window) iter.Seq2[pdapi.Page[A], error]
	NameOf func(A) string
	Show   func(A) B
}

// Collect searches.
func (s Search[A, B]) Collect() (List[B], error) {
	s.Query = wording.Unquoted(s.Query)
	list, err := Collect(s.Name, s.Paging, s.Pages(s.Query, s.Window()), s.Show)
	if err != nil || len(list.Items) > 0 || s.Query == "" {
		return list, err
	}
	alike, err := s.alike()
	if err != nil || len(alike) == 0 {
		return list, err
	}
	list = Part(s.Name, s.Paging, alike, s.Show)
	list.AddNote("Found by letters alone: no name has %s exactly as it is written.", wording.Quote(s.Query))
	return list, nil
}

// mostAlike bounds the objects among which names are compared here.
const mostAlike = 300

// alike are the objects whose names have the text as a plain keyboard has it: among
// those that PagerDuty finds by the beginning of the text, else among all.
func (s Search[A, B]) alike() (found []A, err error) {
	wanted := wording.LooseKey(s.Query)
	for _, text := range slices.Compact([]string{plainStart(s.Query), ""}) {
		if text == s.Query {
			continue
		}
		for page, err := range s.Pages(text, pdapi.Window{Limit: mostAlike}) {
			if err != nil {
				return nil, err
			}
			for _, item := range page.Items {
				if strings.Contains(wording.LooseKey(s.NameOf(item)), wanted) {
					found = append(found, item)
				}
			}
		}
		if len(found) > 0 {
			break
		}
	}
	return found, nil
}
