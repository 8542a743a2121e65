package tool

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// nearest returns the candidates whose names are most like text, the likest first.
func nearest(ctx context.Context, text string, found []kind.Candidate, most int) []kind.Candidate {
	text = wording.LooseKey(text)
	type scored struct {
		kind.Candidate
		distance int
	}
	var list []scored
	for _, c := range found {
		if ctx.Err() != nil {
			return nil
		}
		name := wording.LooseKey(c.Name)
		// As a whole, or word by word: people leave words out.
		words := 0
		for given := range strings.FieldsSeq(text) {
			least := len(given)
			for word := range strings.FieldsSeq(name) {
				least = min(least, wording.EditDistance(given, word))
			}
			words += least
		}
		distance := min(wording.EditDistance(text, name), words)
		// As many letters off as it has is nothing in common.
		if distance <= max(3, len(text)/2) && distance < len(text) {
			list = append(list, scored{c, distance})
		}
	}
	slices.SortStableFunc(list, func(x, y scored) int { return cmp.Compare(x.distance, y.distance) })
	var out []kind.Candidate
	for _, s := range list[:min(most, len(list))] {
		out = append(out, s.Candidate)
	}
	return out
}
