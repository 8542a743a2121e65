package server

// workers run functions on goroutines that are kept between calls: a new one
// would have to grow its stack in each, which is an eighth of a call's work.
type workers struct {
	work chan func()   // taken by those that are idle
	idle chan struct{} // one for each that is, as many as are kept
	done <-chan struct{}
}

// newWorkers returns workers of which up to keep stay when idle, until done.
func newWorkers(keep int, done <-chan struct{}) workers {
	return workers{make(chan func()), make(chan struct{}, keep), done}
}

// run runs f on a goroutine that is idle, or on a new one.
func (w workers) run(f func()) {
	select {
	case w.work <- f:
	default:
		go w.worker(f)
	}
}

func (w workers) worker(f func()) {
	for {
		f()
		select {
		case w.idle <- struct{}{}:
		default:
			return // enough are
		}
		select {
		case f = <-w.work:
			<-w.idle
		case <-w.done:
			return
		}
	}
}
