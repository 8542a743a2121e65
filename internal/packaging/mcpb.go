package packaging

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
)

// manifest describes a desktop extension (MCPB), as of manifest version 0.3.
type manifest struct {
	ManifestVersion  string                 `json:"manifest_version"`
	Name             string                 `json:"name"`
	DisplayName      string                 `json:"display_name"`
	Version          string                 `json:"version"`
	Description      string                 `json:"description"`
	Author           author                 `json:"author"`
	Repository       manifestRepo           `json:"repository"`
	Homepage         string                 `json:"homepage"`
	Documentation    string                 `json:"documentation"`
	Support          string                 `json:"support"`
	License          string                 `json:"license"`
	Keywords         []string               `json:"keywords"`
	Server           manifestServer         `json:"server"`
	Tools            []named                `json:"tools"`
	ToolsGenerated   bool                   `json:"tools_generated"`
	PromptsGenerated bool                   `json:"prompts_generated"`
	Compatibility    compatibility          `json:"compatibility"`
	UserConfig       map[string]userSetting `json:"user_config"`
}

type author struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

type manifestRepo struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

type manifestServer struct {
	Type       string  `json:"type"`
	EntryPoint string  `json:"entry_point"`
	MCPConfig  command `json:"mcp_config"`
}

// command is how a client starts the program.
type command struct {
	Command string            `json:"command"`
	Args    []string          `json:"args"`
	Env     map[string]string `json:"env"`
}

type named struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

type compatibility struct {
	Platforms []string `json:"platforms"`
}

type userSetting struct {
	Type        string `json:"type"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Sensitive   bool   `json:"sensitive,omitzero"`
	Required    bool   `json:"required"`
	Default     any    `json:"default,omitzero"`
}

// Manifest describes the desktop extension for a platform: darwin, win32 or linux. The
// key is asked for and kept as a secret; which toolsets, and whether to change anything,
// are settings.
func Manifest(version, platform string) any {
	program := "server/" + Program
	if platform == "win32" {
		program += ".exe"
	}
	return manifest{
		ManifestVersion: "0.3", Name: Program, DisplayName: Title, Version: version, Description: Summary,
		Author: author{"PagerDuty", "https://www.pagerduty.com"}, Repository: manifestRepo{"git", Repository + ".git"},
		Homepage: Repository, Documentation: Repository + "#readme", Support: Repository + "/issues", License: License,
		Keywords: []string{"pagerduty", "incidents", "on-call", "alerts"},
		Server: manifestServer{"binary", program, command{
			Command: "${__dirname}/" + program, Args: []string{},
			Env: map[string]string{
				envKey: "${user_config.api_key}", envToolsets: "${user_config.toolsets}",
				envWrite: "${user_config.enable_write_tools}", envHost: "${user_config.api_host}",
			},
		}},
		Tools: toolList(), ToolsGenerated: true, PromptsGenerated: true,
		Compatibility: compatibility{[]string{platform}},
		UserConfig: map[string]userSetting{
			"api_key":            {Type: "string", Title: "API key", Description: aboutKey, Sensitive: true, Required: true},
			"toolsets":           {Type: "string", Title: "Toolsets", Description: aboutToolsets(), Required: true, Default: defaultToolsets},
			"enable_write_tools": {Type: "boolean", Title: "Allow changes", Description: aboutWrite, Default: false},
			"api_host":           {Type: "string", Title: "API host", Description: aboutHost, Default: pdapi.DefaultHost},
		},
	}
}

// toolList are all tools, with what they do.
func toolList() []named {
	var tools []named
	for _, set := range toolsets.All() {
		for _, t := range set.Tools {
			tools = append(tools, named{t.Name(), t.Description()})
		}
	}
	return tools
}

// Member is a file of an archive.
type Member struct {
	Name string
	Mode fs.FileMode
	Data []byte
}

// MCPB packs a desktop extension. The same members at the same date give the same bytes.
func MCPB(members []Member, date time.Time) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		header := &zip.FileHeader{Name: m.Name, Method: zip.Deflate, Modified: date.UTC()}
		header.SetMode(m.Mode)
		file, err := w.CreateHeader(header)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Name, err)
		}
		if _, err := file.Write(m.Data); err != nil {
			return nil, fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("end the archive: %w", err)
	}
	return b.Bytes(), nil
}
