package packaging

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
)

// serverName is what the server is called in configurations of clients.
const serverName = "pagerduty"

// npx are the arguments of npx that run a version of the npm package, the newest if it
// is "".
func npx(version string, more ...string) []string {
	name := Program
	if version != "" {
		name += "@" + version
	}
	return append([]string{"-y", name}, more...)
}

type geminiExtension struct {
	Name        string             `json:"name"`
	Version     string             `json:"version"`
	Description string             `json:"description"`
	MCPServers  map[string]command `json:"mcpServers"`
	Settings    []geminiSetting    `json:"settings"`
}

type geminiSetting struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	EnvVar      string `json:"envVar"`
	Sensitive   bool   `json:"sensitive,omitzero"`
}

// gemini is the manifest of an extension of Gemini CLI.
func gemini(version string) any {
	return geminiExtension{
		Name: Program, Version: version, Description: Summary,
		MCPServers: map[string]command{serverName: {
			Command: "npx", Args: npx(version, strings.Split(defaultToolsets, ",")...),
			Env: map[string]string{envKey: "$" + envKey},
		}},
		Settings: []geminiSetting{{"PagerDuty API key", aboutKey, envKey, true}},
	}
}

// CursorLink installs the server in Cursor when it is clicked. A link can't ask for the
// key, so the key is left to be filled in.
func CursorLink() string {
	config := compact(command{"npx", npx("", strings.Split(defaultToolsets, ",")...), map[string]string{envKey: ""}})
	query := url.Values{"name": {serverName}, "config": {base64.StdEncoding.EncodeToString(config)}}
	return "https://cursor.com/en/install-mcp?" + query.Encode()
}

// vscodeInput has VS Code ask for something when the server is first started.
type vscodeInput struct {
	Type        string `json:"type"`
	ID          string `json:"id"`
	Description string `json:"description"`
	Password    bool   `json:"password"`
}

// VSCodeLink installs the server in VS Code when it is clicked. VS Code asks for the key,
// and keeps it as a secret.
func VSCodeLink() string {
	config := compact(command{"npx", npx("", strings.Split(defaultToolsets, ",")...), map[string]string{envKey: "${input:pagerduty-key}"}})
	inputs := compact([]vscodeInput{{"promptString", "pagerduty-key", "PagerDuty API key", true}})
	query := url.Values{"name": {serverName}, "inputs": {string(inputs)}, "config": {string(config)}}
	return "https://insiders.vscode.dev/redirect/mcp/install?" + strings.ReplaceAll(query.Encode(), "+", "%20")
}

// compact is a value as JSON on one line. Values are ours, and can be encoded.
func compact(value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return data
}

// dockerServer is the entry in Docker's MCP catalog.
func dockerServer() []byte {
	value := func(name string) string { return "{{" + serverName + "." + name + "}}" }
	property := func(name, kind, about string, preset any) yaml.MapItem {
		return yaml.MapItem{Key: name, Value: yaml.MapSlice{{Key: "type", Value: kind}, {Key: "description", Value: about}, {Key: "default", Value: preset}}}
	}
	variable := func(env, example, name string) yaml.MapSlice {
		return yaml.MapSlice{{Key: "name", Value: env}, {Key: "example", Value: example}, {Key: "value", Value: value(name)}}
	}
	entry := yaml.MapSlice{
		{Key: "name", Value: serverName},
		{Key: "image", Value: Image},
		{Key: "type", Value: "server"},
		{Key: "meta", Value: yaml.MapSlice{{Key: "category", Value: "monitoring"}, {Key: "tags", Value: []string{serverName, "incidents", "on-call", "monitoring"}}}},
		{Key: "about", Value: yaml.MapSlice{{Key: "title", Value: Title}, {Key: "description", Value: Summary}, {Key: "icon", Value: icon}}},
		{Key: "source", Value: yaml.MapSlice{{Key: "project", Value: Repository}}},
		{Key: "run", Value: yaml.MapSlice{{Key: "allowHosts", Value: []string{"api.pagerduty.com:443", "api.eu.pagerduty.com:443"}}}},
		{Key: "config", Value: yaml.MapSlice{
			{Key: "description", Value: "Which account, and what may be done in it"},
			{Key: "secrets", Value: []yaml.MapSlice{{{Key: "name", Value: serverName + ".api_key"}, {Key: "env", Value: envKey}, {Key: "example", Value: "u+AbCdEfGhIjKlMnOpQr"}}}},
			{Key: "env", Value: []yaml.MapSlice{
				variable(envToolsets, defaultToolsets, "toolsets"), variable(envWrite, "false", "enable_write_tools"), variable(envHost, pdapi.DefaultHost, "api_host"),
			}},
			{Key: "parameters", Value: yaml.MapSlice{
				{Key: "type", Value: "object"},
				{Key: "properties", Value: yaml.MapSlice{
					property("toolsets", "string", aboutToolsets(), defaultToolsets),
					property("enable_write_tools", "boolean", aboutWrite, false),
					property("api_host", "string", aboutHost, pdapi.DefaultHost),
				}},
			}},
		}},
	}
	data, err := yaml.MarshalWithOptions(entry, yaml.IndentSequence(true))
	if err != nil {
		panic(err)
	}
	return data
}

type dockerTool struct {
	Name        string           `json:"name"`
	Description string           `json:"description"`
	Arguments   []dockerArgument `json:"arguments"`
}

type dockerArgument struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Desc string `json:"desc"`
}

// dockerTools are the tools, for Docker's catalog, which can't start the server without
// a key to ask for them.
func dockerTools() any {
	var tools []dockerTool
	for _, set := range toolsets.All() {
		for _, t := range set.Tools {
			listed := dockerTool{t.Name(), t.Description(), []dockerArgument{}}
			for _, a := range t.Arguments() {
				kind := a.Type
				if a.List {
					kind = "array"
				}
				listed.Arguments = append(listed.Arguments, dockerArgument{a.Name, kind, a.Doc})
			}
			tools = append(tools, listed)
		}
	}
	return tools
}

// WindowsLinks is a script that makes the links beside the program on Windows, where
// archives can't have links: hard links, which need no rights.
func WindowsLinks() []byte {
	var b bytes.Buffer
	b.WriteString("@echo off\r\nrem Makes the names under which pagerduty-mcp.exe serves a toolset, beside it. Run it again after an update.\r\n" +
		"pushd \"%~dp0\"\r\nif not exist pagerduty-mcp.exe goto :failed\r\n")
	for _, link := range Links() {
		fmt.Fprintf(&b, "if exist %[1]s.exe del %[1]s.exe\r\nmklink /H %[1]s.exe %[2]s.exe\r\nif not exist %[1]s.exe goto :failed\r\n", link, Program)
	}
	b.WriteString("popd\r\nexit /b 0\r\n:failed\r\npopd\r\necho The links were not made. Is pagerduty-mcp.exe in this directory, and is the disk NTFS? 1>&2\r\nexit /b 1\r\n")
	return b.Bytes()
}
