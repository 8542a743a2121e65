package pdapi

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// A ProxyError is a request that failed on its way through an HTTP or SOCKS
// proxy. It is wrapped by a [TransportError].
type ProxyError struct {
	Proxy string // host:port of the proxy, never its user or password
	// Failed is set when the proxy could not be reached or did not let the
	// request pass. Else what is behind the proxy failed.
	Failed bool
	Status int // HTTP status by which the proxy refused, 0 when it did not answer
	Err    error
}

func (e *ProxyError) Error() string {
	if e.Failed {
		return fmt.Sprintf("proxy %s: %v", e.Proxy, e.Err)
	}
	return fmt.Sprintf("through proxy %s: %v", e.Proxy, e.Err)
}

func (e *ProxyError) Unwrap() error { return e.Err }

// proxyAnswer turns a proxy's refusal to connect into an error that names the
// proxy.
func proxyAnswer(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return &ProxyError{Proxy: proxy.Host, Failed: true, Status: resp.StatusCode, Err: fmt.Errorf("it answered %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))}
}

// CheckProxy returns an error if a value of HTTPS_PROXY is not the address of a
// proxy. Go connects without a proxy then, or takes "http" for its name. The error does not repeat the value, which may hold a password.
func CheckProxy(address string) error {
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return errors.New("it is not the address of a proxy; use the form http://proxy.example.com:3128, with http://user:password@ if the proxy wants a login")
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return nil
	}
	return fmt.Errorf("a proxy's address begins with http://, https:// or socks5://, not with %s://", clip(u.Scheme, 20))
}

// nameProxy returns the failure of a request as one of the proxy that it went
// through; as it is if it went through none.
func (p *Pool) nameProxy(req *http.Request, err error) error {
	var named *ProxyError
	if errors.As(err, &named) {
		return err
	}
	proxy, _ := p.transport.Proxy(req)
	if proxy == nil {
		return err
	}
	failed := &ProxyError{Proxy: proxy.Host, Err: err}
	var op *net.OpError
	if errors.As(err, &op) && (op.Op == "proxyconnect" || strings.HasPrefix(op.Op, "socks")) {
		failed.Failed = true
		if op.Op == "proxyconnect" {
			failed.Err = op.Err
		}
	}
	return failed
}

// refused reports whether err is a proxy that will refuse the same request again.
func refused(err error) bool {
	var proxy *ProxyError
	return errors.As(err, &proxy) && proxy.Status >= 400 && proxy.Status < 500
}
