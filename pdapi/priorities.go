package pdapi

import (
	"context"
	"iter"
)

// Priority is a level of how much an incident matters, as an account defines it.
type Priority struct {
	ID          string `json:"id"`
	Name        string `json:"name,omitzero"`
	Description string `json:"description,omitzero"`
}

// Priorities lists the account's priorities, the highest first. It fails with
// [ErrPlan] on accounts that have none.
//
// See listPriorities in https://developer.pagerduty.com/api-reference.
func (r Reader) Priorities(ctx context.Context, w Window) iter.Seq2[Page[Priority], error] {
	return pages[Priority](ctx, r, "priorities", nil, w, to("/priorities"))
}
