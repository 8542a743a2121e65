package tool

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// nearest returns the candidates whose names are most like text, the likest first.
func nearest(ctx context.Context, text string, found []candidate, most int) []candidate {
	text = looseKey(text)
	type scored struct {
		candidate
		distance int
	}
	var list []scored
	for _, c := range found {
		if ctx.Err() != nil {
			return nil
		}
		name := looseKey(c.name)
		// As a whole, or word by word: people leave words out.
		words := 0
		for given := range strings.FieldsSeq(text) {
			least := len(given)
			for word := range strings.FieldsSeq(name) {
				least = min(least, editDistance(given, word))
			}
			words += least
		}
		distance := min(editDistance(text, name), words)
		if distance <= max(3, len(text)/2) {
			list = append(list, scored{c, distance})
		}
	}
	slices.SortStableFunc(list, func(x, y scored) int { return cmp.Compare(x.distance, y.distance) })
	var out []candidate
	for _, s := range list[:min(most, len(list))] {
		out = append(out, s.candidate)
	}
	return out
}
