package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Serve serves on a listener until ctx ends. It ends as a load balancer needs it: first
// it says that it is not ready, and goes on for [HTTPOptions.DrainWait], in which the
// load balancer notices; then it takes nothing new and finishes what is at work. The
// error is nil if it ended so.
func (h *HTTP) Serve(ctx context.Context, on net.Listener) error {
	s := &http.Server{
		Handler: h, ReadHeaderTimeout: h.options.Patience, IdleTimeout: idlePatience, MaxHeaderBytes: maxHeaders,
		ErrorLog: slog.NewLogLogger(h.log.Handler(), slog.LevelDebug),
	}
	ended := make(chan error, 1)
	go func() {
		if h.options.Certificate != nil {
			s.TLSConfig = h.options.Certificate.config()
			ended <- s.ServeTLS(on, "", "")
			return
		}
		ended <- s.Serve(on)
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	h.log.Info("not ready any more; ending soon", "wait", h.options.DrainWait)
	h.draining.Store(true)
	wait := time.NewTimer(h.options.DrainWait)
	defer wait.Stop()
	select {
	case err := <-ended:
		return err
	case <-wait.C:
	}
	h.log.Info("taking no more requests", "at_work", h.limits.now().calls)
	finishing, cancel := context.WithTimeout(context.WithoutCancel(ctx), patienceAfterEOF)
	defer cancel()
	err := s.Shutdown(finishing)
	if errors.Is(err, context.DeadlineExceeded) {
		h.log.Warn("ending with requests unanswered", "requests", h.limits.now().calls)
		return s.Close()
	}
	return err
}
