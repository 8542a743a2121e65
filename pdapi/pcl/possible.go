package pcl

import "time"

// Possible reports whether the condition fits some event at a time, and whether it
// fits every event then. It knows nothing of what events hold: of a condition on
// that, both are possible.
func (e *Expression) Possible(now time.Time) (some, every bool) {
	t := truth(e.root, scope{now: now})
	return t.canBe, !t.canFail
}

// outcomes are what a condition may come to.
type outcomes struct{ canBe, canFail bool }

func truth(n node, in scope) outcomes {
	switch n := n.(type) {
	case negation:
		of := truth(n.of, in)
		return outcomes{of.canFail, of.canBe}
	case both:
		left, right := truth(n.left, in), truth(n.right, in)
		return outcomes{left.canBe && right.canBe, left.canFail || right.canFail}
	case either:
		left, right := truth(n.left, in), truth(n.right, in)
		return outcomes{left.canBe || right.canBe, left.canFail && right.canFail}
	}
	if ofEvent(n) {
		return outcomes{true, true}
	}
	is := n.value(in) == true
	return outcomes{is, !is}
}

// ofEvent reports whether a part of a condition depends on events.
func ofEvent(n node) bool {
	switch n := n.(type) {
	case path, presence, count:
		return true
	case matching:
		return ofEvent(n.left) || ofEvent(n.right)
	case expression:
		return ofEvent(n.of)
	case ordering:
		return ofEvent(n.left) || ofEvent(n.right)
	}
	return false
}
