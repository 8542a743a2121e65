package rest

import (
	"slices"
	"strings"
)

// Record is what a [Table] holds: a pointer to a struct with an id and a name.
type Record interface {
	comparable
	ID() string
	Name() string
}

// Table holds the records of one kind, in the order they were added. The zero
// value is empty.
type Table[R Record] struct {
	rows []R
	byID map[string]R
}

// Add adds records at the end.
func (t *Table[R]) Add(records ...R) {
	if t.byID == nil {
		t.byID = map[string]R{}
	}
	for _, r := range records {
		t.rows = append(t.rows, r)
		t.byID[r.ID()] = r
	}
}

// Remove takes a record out.
func (t *Table[R]) Remove(r R) {
	t.rows = slices.DeleteFunc(t.rows, func(other R) bool { return other == r })
	delete(t.byID, r.ID())
}

// All are the records in order. The list belongs to the table: clone it to
// change it.
func (t *Table[R]) All() []R { return t.rows }

// Len is the number of records.
func (t *Table[R]) Len() int { return len(t.rows) }

// Get is the record with an id, or nil.
func (t *Table[R]) Get(id string) R { return t.byID[id] }

// Named is the first record with a name, or nil.
func (t *Table[R]) Named(name string) R {
	return t.First(func(r R) bool { return r.Name() == name })
}

// First is the first record that fits, or nil.
func (t *Table[R]) First(fits func(R) bool) R {
	for _, r := range t.rows {
		if fits(r) {
			return r
		}
	}
	var none R
	return none
}

// Where are the records that fit, in order, as a list of the caller's own.
func (t *Table[R]) Where(fits func(R) bool) []R {
	var out []R
	for _, r := range t.rows {
		if fits(r) {
			out = append(out, r)
		}
	}
	return out
}

// Sort puts the records in another order.
func (t *Table[R]) Sort(compare func(x, y R) int) { slices.SortStableFunc(t.rows, compare) }

// ByName sorts records by name, as PagerDuty does unless asked otherwise: order
// is what sort_by says, where an operation has it.
func ByName[R Record](rows []R, order string) {
	slices.SortStableFunc(rows, func(x, y R) int {
		n := strings.Compare(strings.ToLower(x.Name()), strings.ToLower(y.Name()))
		if strings.HasSuffix(order, ":desc") {
			return -n
		}
		return n
	})
}
