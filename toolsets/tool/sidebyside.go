package tool

import (
	"context"
	"sync"
)

// SideBySide calls f for every item, at most so many at a time, and returns the
// results in the order of the items. Once a call fails or ctx ends, the others are
// canceled and that error is returned. A panic in f is passed on to the caller: a bug
// ends its call, not the process.
func SideBySide[A, B any](ctx context.Context, most int, items []A, f func(context.Context, A) (B, error)) ([]B, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make([]B, len(items))
	slots := make(chan struct{}, most)
	var (
		running  sync.WaitGroup
		mu       sync.Mutex
		failure  error // the first
		panicked any
	)
	for i, item := range items {
		slots <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		running.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					mu.Lock()
					panicked = p
					mu.Unlock()
					cancel()
				}
				<-slots
			}()
			result, err := f(ctx, item)
			if results[i] = result; err != nil {
				mu.Lock()
				if failure == nil {
					failure = err
				}
				mu.Unlock()
				cancel()
			}
		})
	}
	running.Wait()
	if panicked != nil {
		panic(panicked)
	}
	if failure == nil {
		failure = ctx.Err()
	}
	if failure != nil {
		return nil, failure
	}
	return results, nil
}
