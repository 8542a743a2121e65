//go:build race

package rig

// Race says that the race detector is on. It makes everything five to ten times slower
// and looks at how goroutines meet, not at values, so tables of many values are walked
// in part: whole without it.
const Race = true
