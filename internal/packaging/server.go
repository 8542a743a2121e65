package packaging

import "github.com/PagerDuty/pagerduty-mcp/pdapi"

// serverJSON is an entry of the MCP registry: server.json, as of 2025-12-11.
type serverJSON struct {
	Schema      string            `json:"$schema"`
	Name        string            `json:"name"`
	Title       string            `json:"title"`
	Description string            `json:"description"`
	Version     string            `json:"version"`
	WebsiteURL  string            `json:"websiteUrl"`
	Repository  registryRepo      `json:"repository"`
	Packages    []registryPackage `json:"packages"`
}

type registryRepo struct {
	URL    string `json:"url"`
	Source string `json:"source"`
}

type registryPackage struct {
	RegistryType         string          `json:"registryType"`
	RegistryBaseURL      string          `json:"registryBaseUrl,omitzero"`
	Identifier           string          `json:"identifier"`
	Version              string          `json:"version,omitzero"`
	FileSHA256           string          `json:"fileSha256,omitzero"`
	RuntimeHint          string          `json:"runtimeHint,omitzero"`
	Transport            transport       `json:"transport"`
	PackageArguments     []registryInput `json:"packageArguments,omitzero"`
	EnvironmentVariables []registryInput `json:"environmentVariables,omitzero"`
}

type transport struct {
	Type string `json:"type"`
}

// registryInput is an argument or an environment variable.
type registryInput struct {
	Type        string   `json:"type,omitzero"`
	Name        string   `json:"name,omitzero"`
	ValueHint   string   `json:"valueHint,omitzero"`
	Description string   `json:"description"`
	Format      string   `json:"format,omitzero"`
	IsRequired  bool     `json:"isRequired,omitzero"`
	IsSecret    bool     `json:"isSecret,omitzero"`
	IsRepeated  bool     `json:"isRepeated,omitzero"`
	Default     string   `json:"default,omitzero"`
	Choices     []string `json:"choices,omitzero"`
}

// Bundle is a desktop extension of a release: the name of its file, and the SHA-256 of
// that file in hexadecimal.
type Bundle struct{ Name, SHA256 string }

// Server is the entry of a release in the MCP registry. Bundles are known once they are
// built, and left out before.
func Server(version string, bundles []Bundle) any {
	arguments := []registryInput{{
		Type: "positional", ValueHint: "toolset", Description: "A toolset to serve, or all of them; can be given several times",
		IsRequired: true, IsRepeated: true, Default: "incidents", Choices: Words(),
	}}
	variables := []registryInput{
		{Name: envKey, Description: aboutKey, IsRequired: true, IsSecret: true},
		{Name: envHost, Description: aboutHost, Default: pdapi.DefaultHost, Choices: []string{pdapi.DefaultHost, pdapi.EUHost}},
		{Name: envWrite, Description: aboutWrite, Format: "boolean", Default: "false"},
	}
	stdio := transport{"stdio"}
	packages := []registryPackage{
		{RegistryType: "npm", RegistryBaseURL: "https://registry.npmjs.org", Identifier: Program, Version: version, RuntimeHint: "npx",
			Transport: stdio, PackageArguments: arguments, EnvironmentVariables: variables},
		{RegistryType: "oci", Identifier: Image + ":" + version, RuntimeHint: "docker",
			Transport: stdio, PackageArguments: arguments, EnvironmentVariables: variables},
	}
	for _, b := range bundles {
		packages = append(packages, registryPackage{RegistryType: "mcpb", Identifier: download(version, b.Name), Version: version,
			FileSHA256: b.SHA256, Transport: stdio})
	}
	return serverJSON{
		Schema: "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
		Name:   RegistryName, Title: Title, Description: Summary, Version: version, WebsiteURL: Repository,
		Repository: registryRepo{Repository, "github"}, Packages: packages,
	}
}

// download is where a file of a release is.
func download(version, name string) string {
	return Repository + "/releases/download/v" + version + "/" + name
}
