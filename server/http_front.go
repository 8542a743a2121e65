package server

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

const headerRequestID = "X-Request-Id"

// serveEndpoint takes a request at the MCP endpoint, or says why not.
func (h *HTTP) serveEndpoint(w http.ResponseWriter, r *http.Request) {
	id := requestIDOf(r)
	w.Header().Set(headerRequestID, id)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if h.draining.Load() {
		w.Header().Set("Connection", "close") // the client's next request goes to another replica
	}
	refused := h.checkHost(r)
	if refused == nil {
		refused = h.checkOrigin(w, r)
	}
	if refused == nil && r.Method == http.MethodOptions && w.Header().Get("Access-Control-Allow-Origin") != "" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if refused == nil {
		refused = h.take(w, r, id)
	}
	if refused != nil {
		if h.options.Refused != nil {
			h.options.Refused(refused.reason)
		}
		h.log.LogAttrs(r.Context(), slog.LevelInfo, "request refused", slog.String("reason", refused.reason),
			slog.Int("status", refused.status), slog.String("from", h.remote(r)), slog.String("request", id))
		answerRefusal(w, nil, codeUnavailable, refused)
	}
}

// answerRefusal says why a request is not taken, as MCP wants it: as an error of JSON-RPC.
func answerRefusal(w http.ResponseWriter, id json.RawMessage, code int, refused *refusal) {
	for name, values := range refused.header {
		w.Header()[name] = values
	}
	message, err := json.Marshal(map[string]any{"code": code, "message": refused.message})
	if err != nil {
		return // unreachable: texts and numbers can be encoded
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(refused.status)
	_, _ = w.Write(answerLine(id, "error", message))
}

var aRequestID = wording.Pattern(`^[A-Za-z0-9._-]{1,64}$`)

// requestIDOf is the id by which logs know a request: the one that a proxy gave it, if
// that can't be mistaken for anything else in a log.
func requestIDOf(r *http.Request) string {
	if id := r.Header.Get(headerRequestID); aRequestID().MatchString(id) {
		return id
	}
	return rand.Text()[:16]
}

// checkHost refuses names that nobody gave this server. A web page can have its own name
// lead to this server, and so reach it from the browser of somebody who is let in. An
// address can't be had that way.
func (h *HTTP) checkHost(r *http.Request) *refusal {
	name := hostOf(r.Host)
	_, err := netip.ParseAddr(name)
	if err == nil || name == "localhost" || allowed(h.options.AllowedHosts, r.Host, name) {
		return nil
	}
	return refuse(http.StatusForbidden, "host", "the server does not know the Host %s; whoever runs it can allow it by --allowed-hosts", wording.Quote(wording.Shorten(name, 100)))
}

// hostOf is the name or address in a Host header.
func hostOf(host string) string {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	return strings.ToLower(strings.Trim(name, "[]"))
}

// allowed reports whether a list has a host, by its name alone or with its port.
func allowed(list []string, host, name string) bool {
	return slices.ContainsFunc(list, func(a string) bool {
		return a == "*" || strings.EqualFold(a, host) || strings.EqualFold(a, name)
	})
}

// checkOrigin refuses requests of web pages, other than those that are allowed and, where
// the server is reached on this machine, those that this machine serves. A page that was
// allowed may read what is answered.
func (h *HTTP) checkOrigin(w http.ResponseWriter, r *http.Request) *refusal {
	origins := r.Header.Values("Origin")
	if len(origins) == 0 {
		return nil
	}
	origin := origins[0]
	w.Header().Add("Vary", "Origin")
	if len(origins) == 1 && slices.ContainsFunc(h.options.AllowedOrigins, func(a string) bool { return strings.EqualFold(a, origin) }) {
		w.Header().Set("Access-Control-Allow-Origin", origin)
		w.Header().Set("Access-Control-Allow-Methods", "POST")
		w.Header().Set("Access-Control-Allow-Headers", "Accept, Authorization, Content-Type, Mcp-Method, Mcp-Name, Mcp-Protocol-Version, Mcp-Session-Id, "+
			"Traceparent, Tracestate, X-Mcp-Readonly, X-Mcp-Tools, X-Mcp-Toolsets, X-Pagerduty-Token, X-Request-Id")
		w.Header().Set("Access-Control-Expose-Headers", "Retry-After, Www-Authenticate, X-Request-Id")
		return nil
	}
	from, err := url.Parse(origin)
	if err == nil && len(origins) == 1 && pdapi.IsLoopback(from.Hostname()) && pdapi.IsLoopback(hostOf(r.Host)) {
		return nil
	}
	return refuse(http.StatusForbidden, "origin", "web pages of %s may not call this server; whoever runs it can allow them by --allowed-origins", wording.Quote(wording.Shorten(origin, 100)))
}

// take takes a request from whoever may send one.
func (h *HTTP) take(w http.ResponseWriter, r *http.Request, id string) *refusal {
	switch {
	case r.Method != http.MethodPost:
		return refuse(http.StatusMethodNotAllowed, "method", "the endpoint takes POST alone: this server keeps no sessions, and sends nothing that was not asked for").with("Allow", "POST")
	case r.URL.RawQuery != "":
		return refuse(http.StatusBadRequest, "query", "the URL has a query, and the endpoint takes none; credentials belong into headers, since URLs get into logs")
	}
	who, refused := h.door.admit(r.Header)
	if refused != nil {
		return refused
	}
	part, err := narrowingOf(r.Header)
	if err != nil {
		return refuse(http.StatusBadRequest, "narrowing", "%v", err)
	}
	answers, err := h.mcp(who, part)
	if err != nil {
		return refuse(http.StatusBadRequest, "narrowing", "%v", err)
	}
	streams, refused := formsOf(r)
	if refused != nil {
		return refused
	}
	if r.ContentLength > maxMessage {
		return tooLarge()
	}
	expected := int(r.ContentLength)
	if expected < 0 {
		expected = maxMessage
	}
	place, full := h.limits.enter(who.by, expected)
	if place == nil {
		return refuse(http.StatusTooManyRequests, "full", "nothing was done, because %s have as many requests at work as this server takes; wait for answers, then send it again", full).
			with("Retry-After", "1")
	}
	defer place.leave()
	body, refused := h.readBody(w, r)
	if refused != nil {
		return refused
	}
	place.resize(len(body))
	return h.message(&exchange{
		http: h, mcp: answers, header: r.Header, place: place,
		request: incoming{caller: who.by, id: id, agent: r.UserAgent()},
		stream:  &stream{w: w, control: http.NewResponseController(w), streams: streams, patience: 3 * h.options.Patience},
	}, r.Context(), body)
}

// formsOf checks in which forms a request comes and wants its answer. It reports whether
// the answer may be a stream.
func formsOf(r *http.Request) (streams bool, refused *refusal) {
	if form, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || form != "application/json" {
		return false, refuse(http.StatusUnsupportedMediaType, "content type", "the Content-Type is to be application/json")
	}
	accept := strings.ToLower(strings.Join(r.Header.Values("Accept"), ","))
	all := accept == "" || strings.Contains(accept, "*/*")
	streams = strings.Contains(accept, "text/event-stream") || strings.Contains(accept, "text/*")
	if !all && !streams && !strings.Contains(accept, "application/json") && !strings.Contains(accept, "application/*") {
		return false, refuse(http.StatusNotAcceptable, "accept", "the header Accept is to name application/json and text/event-stream")
	}
	return streams, nil
}

func tooLarge() *refusal {
	return refuse(http.StatusRequestEntityTooLarge, "too large", "the message is too large; at most %d bytes are accepted", maxMessage)
}

// readBody reads the body of a request, for which a client has a while.
func (h *HTTP) readBody(w http.ResponseWriter, r *http.Request) ([]byte, *refusal) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(3 * h.options.Patience)) // a recorder in a test has none
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxMessage))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, tooLarge()
	case err != nil:
		return nil, refuse(http.StatusBadRequest, "body", "the request broke off before its end")
	}
	_ = control.SetReadDeadline(time.Time{})
	return body, nil
}

// remote is where a request is from, for logs. What X-Forwarded-For says is believed as
// far as trusted proxies say it.
func (h *HTTP) remote(r *http.Request) string {
	from := hostOf(r.RemoteAddr)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && h.trusts(from); i-- {
		address, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		from = address.String()
	}
	return from
}

func (h *HTTP) trusts(proxy string) bool {
	address, err := netip.ParseAddr(proxy)
	return err == nil && slices.ContainsFunc(h.options.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(address.Unmap()) })
}

// ParseProxies reads the networks of proxies, as 10.0.0.0/8 or a single address.
func ParseProxies(networks []string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range networks {
		prefix, err := netip.ParsePrefix(text)
		if address, single := netip.ParseAddr(text); single == nil {
			prefix, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s is neither a network, as 10.0.0.0/8, nor an address", wording.Quote(text))
		}
		all = append(all, prefix.Masked())
	}
	return all, nil
}
