//go:build !race

package rig

// Race says that the race detector is off, so tables of many values are walked whole.
const Race = false
