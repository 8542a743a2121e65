// Package packaging makes what the program is handed on with: the entries in catalogs,
// extensions of clients, packages and links. All of it is made from the registry of
// toolsets and from CHANGELOG.md, which has the version.
package packaging

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/cli"
	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
)

// Where and under which names the program is published.
const (
	Program    = "pagerduty-mcp"
	Title      = "PagerDuty"
	Summary    = "Run PagerDuty: triage incidents, see who is on call, hand over, manage services and schedules."
	Repository = "https://github.com/PagerDuty/pagerduty-mcp"
	Image      = "ghcr.io/pagerduty/pagerduty-mcp"
	// RegistryName is the name in the MCP registry. The label
	// io.modelcontextprotocol.server.name of the image and mcpName of the npm package
	// have to be the same: they are how the registry knows who owns them.
	RegistryName = "io.github.PagerDuty/pagerduty-mcp"
	License      = "Apache-2.0"
	icon         = "https://avatars.githubusercontent.com/u/766800?s=200&v=4"
)

// Environment variables that configure the program.
const (
	envKey      = "PAGERDUTY_USER_API_KEY"
	envHost     = "PAGERDUTY_API_HOST"
	envToolsets = "PAGERDUTY_MCP_TOOLSETS"
	envWrite    = "PAGERDUTY_MCP_ENABLE_WRITE_TOOLS"
)

// What people are told of each setting, wherever they are asked for it.
const (
	aboutKey   = "API key of PagerDuty: My Profile > User Settings > Create API User Token. It can do what you can do."
	aboutHost  = "API of your account's region: " + pdapi.DefaultHost + ", or " + pdapi.EUHost + " in the EU"
	aboutWrite = "Also offer the tools that change PagerDuty. A person is asked before what can't be undone or reaches many."
)

// defaultToolsets are what somebody on call begins with.
const defaultToolsets = "incidents,response,oncall"

func aboutToolsets() string {
	return "Toolsets to offer, separated by commas: " + strings.Join(Words(), ", ")
}

// Words are the words that name toolsets, "all" among them.
func Words() []string {
	var words []string
	for _, set := range toolsets.All() {
		words = append(words, set.Name)
	}
	return append(words, "all")
}

// Links are the names under which the program serves a toolset without an argument.
func Links() []string {
	var links []string
	for _, word := range Words() {
		links = append(links, "pagerduty-"+word)
	}
	return links
}

// heading matches the heading of a release in CHANGELOG.md.
var heading = regexp.MustCompile(`(?m)^## \[(\d+\.\d+\.\d+[^\]]*)\] - \d{4}-\d{2}-\d{2}$`)

// Version is the newest version that a changelog has, or 0.0.0 before the first release.
func Version(changelog string) string {
	if m := heading.FindStringSubmatch(changelog); m != nil {
		return m[1]
	}
	return "0.0.0"
}

// Notes are what a changelog says of a version, without the heading; "" if it has none.
func Notes(changelog, version string) string {
	_, rest, _ := strings.Cut(changelog, "\n## ["+version+"]")
	_, rest, _ = strings.Cut(rest, "\n")
	notes, _, _ := strings.Cut(rest, "\n## [")
	return strings.TrimSpace(notes)
}

// Files are the generated files of the repository: from their paths to what is in them.
func Files(version string) (map[string][]byte, error) {
	page, err := cli.Manual()
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{
		"packaging/man/pagerduty-mcp.1":       []byte(page),
		"packaging/docker-mcp/server.yaml":    dockerServer(),
		"packaging/homebrew/pagerduty-mcp.rb": formula(version),
	}
	for path, value := range map[string]any{
		"server.json":                     Server(version, nil),
		"gemini-extension.json":           gemini(version),
		"packaging/mcpb/manifest.json":    Manifest(version, "darwin"),
		"packaging/docker-mcp/tools.json": dockerTools(),
	} {
		if files[path], err = JSON(value); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// JSON is a value as JSON that people read.
func JSON(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return b.Bytes(), nil
}
