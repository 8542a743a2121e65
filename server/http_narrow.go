package server

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// The headers by which a client asks for less than the server serves.
const (
	headerToolsets = "X-Mcp-Toolsets"
	headerTools    = "X-Mcp-Tools"
	headerReadonly = "X-Mcp-Readonly"
)

// narrowing is what of a server one request gets to see.
type narrowing struct {
	sets, tools []string // nil for all; sorted
	readOnly    string   // why nothing may be changed; "" if something may
}

// narrowed are servers of a part of what there is, for requests that ask for less. Few
// combinations are in use at a time, so a handful is kept.
type narrowed struct {
	full *Server

	mu   sync.Mutex
	made map[string]*Server
}

const maxNarrowed = 64

// of is the server of a part; the full one if nothing is left out.
func (n *narrowed) of(part narrowing) (*Server, error) {
	if part.readOnly != "" && !n.full.opts.EnableWrite {
		part.readOnly = ""
	}
	if part.sets == nil && part.tools == nil && part.readOnly == "" {
		return n.full, nil
	}
	key := fmt.Sprintf("%q %q %q", part.sets, part.tools, part.readOnly)
	n.mu.Lock()
	defer n.mu.Unlock()
	if s := n.made[key]; s != nil {
		return s, nil
	}
	o, err := n.full.opts.narrow(part)
	if err != nil {
		return nil, err
	}
	for other := range n.made {
		if len(n.made) < maxNarrowed {
			break
		}
		delete(n.made, other)
	}
	n.made[key] = New(o)
	return n.made[key], nil
}

// narrow leaves out of o what a part has not. Names that o doesn't serve are a mistake:
// nothing can be added to what the server was started with.
func (o Options) narrow(part narrowing) (Options, error) {
	o.EnableWrite = o.EnableWrite && part.readOnly == ""
	o.ReadOnlyBecause = part.readOnly
	var names []string
	for _, set := range o.Sets {
		names = append(names, set.Name)
	}
	for _, name := range part.sets {
		if !slices.Contains(names, name) {
			return o, fmt.Errorf("the header %s names %s, which this server does not serve; it serves %s", headerToolsets, wording.Quote(name), strings.Join(names, ", "))
		}
	}
	if part.sets != nil || part.tools != nil {
		o.LeftOutBecause = "The request asked for other tools only, by the headers " + headerToolsets + " or " + headerTools + "."
	}
	var kept []tool.Set
	wanted := slices.Clone(part.tools)
	for _, set := range o.Sets {
		if part.sets != nil && !slices.Contains(part.sets, set.Name) {
			continue
		}
		if part.tools != nil {
			set.Tools = slices.DeleteFunc(slices.Clone(set.Tools), func(t tool.Tool) bool {
				has := func(name string) bool { return slices.Contains(namesOf(t), name) }
				asked := slices.ContainsFunc(part.tools, has)
				served := t.Access().ReadOnly() || o.EnableWrite
				if asked && served {
					wanted = slices.DeleteFunc(wanted, has)
				}
				return !asked || !served
			})
		}
		if len(set.Tools) > 0 {
			kept = append(kept, set)
		}
	}
	if len(wanted) > 0 {
		return o, fmt.Errorf("the header %s names %s, which is not served to this request; list the tools without the header to see which are", headerTools, wording.Quote(wanted[0]))
	}
	o.Sets = kept
	return o, nil
}

// narrowingOf reads the headers of a request.
func narrowingOf(header http.Header) (narrowing, error) {
	n := narrowing{sets: listed(header, headerToolsets), tools: listed(header, headerTools)}
	switch value := strings.ToLower(strings.TrimSpace(strings.Join(header.Values(headerReadonly), ","))); value {
	case "true", "1":
		n.readOnly = "the request asked for reads only, by the header " + headerReadonly
	case "", "false", "0":
	default:
		return n, fmt.Errorf("the header %s is to be true or false", headerReadonly)
	}
	return n, nil
}

// listed are the words of a header that holds a list, sorted and each once; nil if the
// header is not there or empty.
func listed(header http.Header, name string) []string {
	words := strings.FieldsFunc(strings.Join(header.Values(name), ","), func(r rune) bool { return r == ',' || r == ' ' })
	if len(words) == 0 {
		return nil
	}
	slices.Sort(words)
	return slices.Compact(words)
}
