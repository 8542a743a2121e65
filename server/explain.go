package server

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Bounds on the texts of errors, in characters.
const (
	maxExplanation = 4000 // clients cut off what is longer than 10,000
	maxQuote       = 1500 // of PagerDuty's words
	maxCause       = 300  // of the network's words
)

// explain says what a model, or the person behind it, needs to know of an
// error: what happened, and what to do next. All such words are made here and in
// advice.go.
func explain(err error) string {
	return wording.Shorten(wording.Clean(explanation(err)), maxExplanation)
}

func explanation(err error) string {
	var (
		wrong     *tool.ArgumentError
		blamed    *tool.Blamed
		partial   *tool.Partial
		unknown   *tool.UnknownOutcome
		answer    *pdapi.Error
		transport *pdapi.TransportError
	)
	switch {
	case errors.As(err, &wrong):
		return wrong.Error() + "\nNothing was done; correct the call and repeat it."
	case errors.As(err, &blamed) && errors.As(err, &answer):
		return fmt.Sprintf("%s (%s).", strings.Join(blamed.Problems, "\n"), whatCame(answer))
	case errors.As(err, &partial):
		return partial.Done + ", because: " + explanation(partial.Err)
	case errors.As(err, &unknown):
		return "It is not known whether PagerDuty carried this out: " + why(unknown.Err) + ". " + unknown.Check
	case errors.Is(err, context.Canceled) && pdapi.MaybeDone(err):
		return "The call was canceled. It is not known whether PagerDuty carried it out; check before repeating it."
	case errors.Is(err, context.Canceled):
		return "The call was canceled."
	case errors.As(err, &answer):
		return before(err, answer) + explainAnswer(answer)
	case errors.As(err, &transport):
		return before(err, transport) + explainTransport(transport)
	case errors.Is(err, pdapi.ErrFromRequired):
		return sentence(plain(err)) + " Set PAGERDUTY_FROM_EMAIL to the login e-mail of the user who acts."
	}
	return sentence(plain(err))
}

// accepted turns the error of a change that PagerDuty made, but did not show,
// into a result: told as an error it would be repeated.
func accepted(err error) (result []byte, ok bool) {
	var (
		partial   *tool.Partial
		transport *pdapi.TransportError
	)
	if !pdapi.Accepted(err) || errors.As(err, &partial) || !errors.As(err, &transport) {
		return nil, false
	}
	result, failed := json.Marshal(map[string]string{"note": wording.Clean(explainTransport(transport))})
	return result, failed == nil
}

// before is what was being done, if err says so in front of its cause.
func before(err, cause error) string {
	said, ok := strings.CutSuffix(err.Error(), cause.Error())
	if !ok || said == "" {
		return ""
	}
	return strings.ToUpper(said[:1]) + said[1:]
}

func sentence(s string) string {
	if s == "" {
		return "It failed."
	}
	return strings.TrimSuffix(strings.ToUpper(s[:1])+s[1:], ".") + "."
}

// why says in a clause why a call failed.
func why(err error) string {
	var (
		answer    *pdapi.Error
		transport *pdapi.TransportError
	)
	switch {
	case errors.As(err, &answer):
		return "the answer was " + whatCame(answer)
	case !errors.As(err, &transport):
		return plain(err)
	case transport.Foreign:
		return "something other than PagerDuty's API answered (" + transport.Err.Error() + ")"
	case transport.TimedOut:
		return "the answer did not come in time"
	}
	return "no answer came (" + network(transport.Err) + ")"
}

// whatCame is an answer's status with the words in it, on one line and in quotes.
func whatCame(e *pdapi.Error) string {
	s := strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status)))
	words := e.Words()
	switch quoted := wording.QuoteUpTo(words, maxQuote); {
	case words == "":
	case e.Foreign:
		s += fmt.Sprintf(", a page that says %s", quoted)
	default:
		s += fmt.Sprintf(", PagerDuty says %s", quoted)
	}
	return s
}

func explainAnswer(e *pdapi.Error) string {
	switch {
	case e.MaybeDone:
		return fmt.Sprintf("It is not known whether PagerDuty carried this out: the answer was %s. Check before repeating it%s.", whatCame(e), trace(e))
	case errors.Is(e, pdapi.ErrRateLimited):
		return fmt.Sprintf("PagerDuty's rate limit is used up (429), and the wait is longer than this call may take. Nothing was done; try again in %s.", wait(e))
	case errors.Is(e, pdapi.ErrForbidden) && len(e.Scopes) > 0:
		return fmt.Sprintf("The OAuth token lacks the scope %s (%s). Add it to the app that the token belongs to and get a new token, or use an API key, which needs no scopes. Repeating the call won't help.",
			strings.Join(e.Scopes, ", "), whatCame(e))
	}
	for _, row := range advice {
		if row.fits(e) {
			return fmt.Sprintf("%s (%s). %s", row.what, whatCame(e), row.next) + betweenUs(e)
		}
	}
	times := ""
	if e.Attempts > 1 {
		times = ", several times over"
	}
	return fmt.Sprintf("PagerDuty failed to answer%s (%s). Nothing was changed. Try again in %s%s.", times, whatCame(e), wait(e), trace(e))
}

// wait is how long to wait before a call is repeated.
func wait(e *pdapi.Error) string {
	if e.Wait > 0 {
		return e.Wait.Round(time.Second).String()
	}
	return "a minute"
}

// betweenUs says of a refusal that is no JSON that it may not be PagerDuty's. Of
// refusals of the key, and of requests that are too large, PagerDuty itself is
// known to send pages.
func betweenUs(e *pdapi.Error) string {
	known := status(http.StatusUnauthorized, http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong)
	if !e.Foreign || known(e) {
		return ""
	}
	return " PagerDuty's API answers in JSON, so this may come from a proxy or firewall instead: check HTTPS_PROXY and PAGERDUTY_API_HOST."
}

// trace names the request to PagerDuty's support.
func trace(e *pdapi.Error) string {
	if e.RequestID == "" {
		return ""
	}
	return fmt.Sprintf("; PagerDuty's support can trace request %s", wording.Quote(e.RequestID))
}

func explainTransport(e *pdapi.TransportError) string {
	switch {
	case pdapi.Accepted(e) && errors.Is(e, pdapi.ErrNoDetails):
		return "PagerDuty accepted the change and sent no details of it. Don't repeat it; read the object to see its new state."
	case pdapi.Accepted(e):
		return "PagerDuty accepted the change, but its answer could not be read (" + e.Err.Error() + "). Don't repeat it; read the object to see its new state."
	case e.Answered:
		return "PagerDuty's answer could not be read: " + e.Err.Error() + ". Try again; if it happens again, check PAGERDUTY_API_HOST and proxies."
	case !e.Reads && e.MaybeSent:
		return "It is not known whether PagerDuty carried this out: " + why(e) + ". Check before repeating it."
	case e.Foreign:
		return "Something other than PagerDuty's API answered (" + e.Err.Error() + "), perhaps the login page of a network or proxy. " +
			"Log in there, or check proxies (HTTPS_PROXY) and PAGERDUTY_API_HOST, then try again."
	case e.TimedOut && !e.Reads:
		return "PagerDuty could not be reached in time" + through(e.Err) + ". The change was not sent, so nothing was changed; try again."
	case e.TimedOut:
		return "PagerDuty did not answer in time" + through(e.Err) + ". Nothing was changed; try again, or ask for less at once."
	}
	return "PagerDuty could not be reached: " + reach(e.Err) + " Nothing was changed."
}

// through names the proxy that a request went through, if any.
func through(err error) string {
	var proxy *pdapi.ProxyError
	if !errors.As(err, &proxy) {
		return ""
	}
	return fmt.Sprintf(" through the proxy %s (see HTTPS_PROXY)", proxy.Proxy)
}

// reach says why no connection came about and what a person can do.
func reach(err error) string {
	var (
		proxy *pdapi.ProxyError
		dns   *net.DNSError
		cert  *tls.CertificateVerificationError
	)
	proxied := errors.As(err, &proxy)
	switch {
	case proxied && proxy.Failed:
		return reachProxy(proxy)
	case errors.As(err, &dns):
		return fmt.Sprintf("the host %s was not found. Check PAGERDUTY_API_HOST and the network.", wording.Quote(dns.Name))
	case errors.As(err, &cert) && proxied:
		return fmt.Sprintf("its TLS certificate is not trusted (%s). The proxy %s may put one of its own in place of it: if that is meant, SSL_CERT_FILE must name a file with the certificate of the authority that signs it.",
			network(cert), proxy.Proxy)
	case errors.As(err, &cert):
		return "its TLS certificate is not trusted (" + network(cert) + "). Check proxies and the system's certificates (SSL_CERT_FILE)."
	}
	return network(err) + ". Check the network, then try again."
}

// reachProxy says why a proxy did not let a request pass. It never names
// PagerDuty's host, which has no part in it.
func reachProxy(proxy *pdapi.ProxyError) string {
	var dns *net.DNSError
	switch {
	case proxy.Status == http.StatusProxyAuthRequired:
		return fmt.Sprintf("the proxy %s wants a user and password (407). Put them into HTTPS_PROXY, as http://USER:PASSWORD@%s.", proxy.Proxy, proxy.Proxy)
	case proxy.Status != 0:
		return fmt.Sprintf("the proxy %s did not let the request pass (%d %s). Ask those who run it, or change HTTPS_PROXY or NO_PROXY.",
			proxy.Proxy, proxy.Status, http.StatusText(proxy.Status))
	case errors.As(proxy.Err, &dns):
		return fmt.Sprintf("the proxy %s, which HTTPS_PROXY names, was not found. Correct HTTPS_PROXY, or take it away.", proxy.Proxy)
	}
	return fmt.Sprintf("the proxy %s, which HTTPS_PROXY names, did not answer (%s). Check the proxy, or correct HTTPS_PROXY.", proxy.Proxy, network(proxy.Err))
}

// network is what the network says of a failure.
func network(err error) string {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "the connection was closed before the whole answer came"
	}
	var op *net.OpError
	if errors.As(err, &op) { // the system's words, or Go's
		return wording.Shorten(err.Error(), maxCause)
	}
	return wording.QuoteUpTo(err.Error(), maxCause) // a certificate or a broken answer may have words of its own
}
