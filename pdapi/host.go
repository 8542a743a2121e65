package pdapi

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// ErrHostNotAllowed is wrapped by the error of a host that would be a fine one,
// but is not PagerDuty's, and not allowed by name either.
var ErrHostNotAllowed = errors.New("the key is not sent to this host")

// whereKeysGo ends every error about a host.
const whereKeysGo = "The key is sent to https://api.pagerduty.com, https://api.eu.pagerduty.com (accounts in the EU), " +
	"other regions of the form https://api.REGION.pagerduty.com, and this machine (http://localhost, 127.0.0.1 or [::1])"

var (
	apiHost = regexp.MustCompile(`^api(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)?\.pagerduty\.com$`)
	dnsName = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)*$`)
)

// CheckHost returns host as a base URL, or an error that says why a key must not
// be sent there. Whoever can set the host, as the configuration that comes with a
// project can, must not get the key that way: so it goes to PagerDuty's API and
// to loopback (there also by plain http), and to the hosts in allowed, which are
// names or addresses with a port unless that is 443.
//
// The URL returned is put together anew from the parts that were checked, so that
// nothing that was overlooked in host can change where requests go.
func CheckHost(host string, allowed ...string) (string, error) {
	host = unquote(host)
	fail := func(why string) (string, error) {
		return "", fmt.Errorf("the PagerDuty API host %s %s. %s", showHost(host), why, whereKeysGo)
	}
	if what := Placeholder(host); what != "" {
		return "", fmt.Errorf("the PagerDuty API host %s. %s", what, whereKeysGo)
	}
	u, err := url.Parse(host)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return fail("is not an absolute URL such as https://api.eu.pagerduty.com")
	case u.User != nil:
		return fail("must not contain a user or password")
	case strings.Trim(u.Path, "/") != "":
		return fail("must not have a path")
	case u.RawQuery != "" || u.ForceQuery:
		return fail("must not have a query")
	case strings.Contains(host, "#"):
		return fail("must not have a fragment")
	case u.Scheme != "https" && u.Scheme != "http":
		return fail("must start with https://")
	}
	name, port, err := splitHost(u.Host)
	if err != nil {
		return fail(err.Error())
	}
	loopback := IsLoopback(name)
	switch {
	case u.Scheme == "http" && loopback:
		return "http://" + joinHost(name, port), nil
	case u.Scheme == "http":
		return fail("must start with https:// (plain http is for loopback only)")
	case port == "443":
		port = ""
	}
	target := joinHost(name, port)
	if loopback || apiHost.MatchString(target) {
		return "https://" + target, nil
	}
	for _, a := range allowed {
		if a, err = CheckAllowedHost(a); err != nil {
			return "", err
		}
		if a == target {
			return "https://" + target, nil
		}
	}
	return "", fmt.Errorf("the PagerDuty API host %s %s: %w. %s", showHost(host), notTheAPI(name, port), ErrHostNotAllowed, whereKeysGo)
}

// notTheAPI says what an address that is not PagerDuty's API seems to be.
func notTheAPI(name, port string) string {
	switch {
	case apiHost.MatchString(name):
		return "has port " + port + ", where PagerDuty's API is not"
	case strings.HasSuffix(name, ".eu.pagerduty.com"):
		return "is PagerDuty's web app, not its API, which is https://api.eu.pagerduty.com"
	case strings.HasSuffix(name, ".pagerduty.com") || name == "pagerduty.com":
		return "is PagerDuty's web site or web app, not its API"
	}
	return "is not PagerDuty's"
}

// CheckAllowedHost returns the name of a host to which a key may be sent, in
// lower case and without the port 443, or an error that says what is wrong with
// it.
func CheckAllowedHost(host string) (string, error) {
	host = unquote(host)
	name, port, err := splitHost(host)
	if err != nil {
		return "", fmt.Errorf("%s %w; give a host name or address alone, with its port unless that is 443, such as proxy.example.com or 10.0.0.5:8443", showHost(host), err)
	}
	if port == "443" {
		port = ""
	}
	return joinHost(name, port), nil
}

// splitHost takes a host and port apart, as they stand in a URL.
func splitHost(host string) (name, port string, err error) {
	name = strings.ToLower(host)
	if end := strings.LastIndexByte(name, ':'); end >= 0 && !strings.HasSuffix(name, "]") {
		name, port = name[:end], name[end+1:]
		if n, err := strconv.ParseUint(port, 10, 16); port != "" && (err != nil || n == 0) {
			return "", "", errors.New("has a port that is no number from 1 to 65535")
		}
	}
	if strings.HasPrefix(name, "[") && strings.HasSuffix(name, "]") {
		name = name[1 : len(name)-1]
		ip, err := netip.ParseAddr(name)
		switch {
		case err != nil || !ip.Is6():
			return "", "", errors.New("has brackets around something that is no IPv6 address")
		case ip.Zone() != "":
			return "", "", errors.New("has a zone in its address")
		}
		return ip.String(), port, nil
	}
	switch {
	case strings.ContainsFunc(name, func(r rune) bool { return r > '~' }):
		return "", "", errors.New("contains letters that are not ASCII, and only look like others")
	case strings.HasSuffix(name, "."):
		return "", "", errors.New("must not end with a dot")
	case !dnsName.MatchString(name):
		return "", "", errors.New("is not a host name")
	}
	return name, port, nil
}

// joinHost is a name and a port as they stand in a URL.
func joinHost(name, port string) string {
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	if port != "" {
		name += ":" + port
	}
	return name
}

// showHost is a host as an error may show it: without what stands before an "@",
// which may be a password, or after a "?", which may be a token; characters that
// are not ASCII by their numbers.
func showHost(host string) string {
	if looksSecret(host) {
		return `"…"`
	}
	hidden := ""
	at, query := strings.LastIndex(host, "@"), strings.IndexAny(host, "?#")
	if query >= 0 {
		host = host[:query]
	}
	switch {
	case at >= 0 && query >= 0 && query < at: // which of the two holds the secret?
		host, hidden = "", "…"
	case at >= 0:
		host, hidden = host[at:], "…"
	}
	return `"` + hidden + strconv.QuoteToASCII(clip(host, 120))[1:]
}

// IsLoopback reports whether a host, by its name or its address, is this machine, which
// others do not reach.
func IsLoopback(name string) bool {
	if name == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(name)
	return err == nil && ip.Unmap().IsLoopback()
}
