package packaging

import (
	"strings"
	"text/template"
)

// formula builds the program from source with Homebrew.
func formula(version string) []byte {
	var b strings.Builder
	err := formulaText.Execute(&b, map[string]any{
		"Version": version, "Repository": Repository, "Summary": strings.TrimSuffix(brewSummary, "."), "License": License, "Links": Links(),
	})
	if err != nil {
		panic(err)
	}
	return []byte(b.String())
}

// brewSummary keeps to brew's rules: at most 80 characters, no full stop at the end.
const brewSummary = "Run PagerDuty from MCP clients and from the terminal"

var formulaText = template.Must(template.New("formula").Parse(`class PagerdutyMcp < Formula
  desc "{{.Summary}}"
  homepage "{{.Repository}}"
  url "{{.Repository}}.git", tag: "v{{.Version}}"
  license "{{.License}}"
  head "{{.Repository}}.git", branch: "main"

  depends_on "go" => :build

  def install
    ldflags = "-s -w -X main.version=#{version} -X main.commit=#{Utils.git_head} -X main.date=#{time.iso8601}"
    system "go", "build", *std_go_args(ldflags:)
    %w[
{{- range .Links}}
      {{.}}
{{- end}}
    ].each { |link| bin.install_symlink "pagerduty-mcp" => link }
    man1.install "packaging/man/pagerduty-mcp.1"
    generate_completions_from_executable(bin/"pagerduty-mcp", "completion", shells: [:bash, :zsh, :fish])
  end

  test do
    ENV.delete "PAGERDUTY_USER_API_KEY"
    assert_match version.to_s, shell_output("#{bin}/pagerduty-mcp --version")
    assert_match "incidents", shell_output("#{bin}/pagerduty-mcp call list_incidents --sandbox limit=1")
    hello = '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25",' \
            '"capabilities":{},"clientInfo":{"name":"brew","version":"1"}}}'
    assert_match "serverInfo", pipe_output("#{bin}/pagerduty-incidents --sandbox", "#{hello}\n", 0)
  end
end
`))
