package packaging_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/packaging"
)

// row matches a row of the README's table of ways to install the program.
var row = regexp.MustCompile(`(?m)^\| ([^|]+) \| (.+) \|$`)

// TestInstallTable holds each line of the README's table against what is made: names,
// addresses and toolsets. That the made things can be installed, packaging/test tries.
func TestInstallTable(t *testing.T) {
	t.Parallel()
	_, table, _ := strings.Cut(read(t, "README.md"), "\n## Install\n")
	table, _, _ = strings.Cut(table, "\n## ")
	released, ci := read(t, ".goreleaser.yaml"), read(t, "packaging/test")
	holds := map[string]struct {
		says []string // parts of the line
		made []string // where that comes from: parts of .goreleaser.yaml
		used []string // parts of packaging/test, which uses it
	}{
		"Homebrew":                {[]string{"`brew install --cask pagerduty/tap/pagerduty-mcp`"}, []string{"homebrew_casks:\n  - name: pagerduty-mcp\n", "owner: PagerDuty, name: homebrew-tap"}, []string{"dist/homebrew/Casks/pagerduty-mcp.rb"}},
		"npm, nothing to install": {[]string{"`npx -y " + packaging.Program + " incidents`"}, nil, []string{"npx --no-install pagerduty-mcp incidents"}},
		"Go 1.26":                 {[]string{"`go install github.com/PagerDuty/pagerduty-mcp@latest`"}, nil, []string{"go install github.com/PagerDuty/pagerduty-mcp@latest"}},
		"Docker":                  {[]string{" -i ", " --read-only ", "-e PAGERDUTY_USER_API_KEY " + packaging.Image + " incidents`"}, []string{"images: [" + packaging.Image + "]", packaging.RegistryName}, []string{"chroot --userspec=65532:65532"}},
		"Debian, Ubuntu":          {[]string{"pagerduty-mcp_*_linux_amd64.deb"}, []string{"package_name: pagerduty-mcp", "deb"}, []string{"dpkg", "linux_amd64.deb"}},
		"Fedora, RHEL":            {[]string{"pagerduty-mcp_*_linux_amd64.rpm"}, []string{"rpm"}, []string{"linux_amd64.rpm", "rpm --query"}},
		"Alpine":                  {[]string{"pagerduty-mcp_*_linux_amd64.apk"}, []string{"apk"}, []string{"linux_amd64.apk"}},
		"Arch":                    {[]string{"`yay -S pagerduty-mcp-bin`"}, []string{"aurs:\n  - name: pagerduty-mcp-bin\n"}, []string{"pagerduty-mcp-bin.pkgbuild"}},
		"Windows":                 {[]string{"`winget install PagerDuty.MCP`", "`scoop install pagerduty-mcp`", "https://github.com/PagerDuty/scoop-bucket`"}, []string{"package_identifier: PagerDuty.MCP", "scoops:\n  - name: pagerduty-mcp\n", "owner: PagerDuty, name: scoop-bucket"}, []string{"dist/winget", "dist/scoop/pagerduty-mcp.json"}},
		"Gemini CLI":              {[]string{"`gemini extensions install " + packaging.Repository + "`"}, nil, nil},
		"Claude Desktop":          {[]string{"`.mcpb`"}, []string{"packaging/out/mcpb/*.mcpb"}, []string{"packaging/mcpb/run.js"}},
	}
	seen := 0
	for _, m := range row.FindAllStringSubmatch(table, -1) {
		want, known := holds[m[1]]
		if !known {
			if m[1] != "with" && m[1] != "---" {
				t.Errorf("no test holds the line %q", m[0])
			}
			continue
		}
		seen++
		for _, where := range []struct {
			name, text string
			parts      []string
		}{{"the line", m[2], want.says}, {".goreleaser.yaml", released, want.made}, {"packaging/test", ci, want.used}} {
			for _, part := range where.parts {
				if !strings.Contains(where.text, part) {
					t.Errorf("%s: %s does not have %q", m[1], where.name, part)
				}
			}
		}
	}
	if seen != len(holds) {
		t.Errorf("the table has %d of %d lines", seen, len(holds))
	}
	_, line, _ := strings.Cut(table, "docker run ")
	line, _, _ = strings.Cut(line, "`")
	if !strings.HasSuffix(line, " incidents") || strings.Contains(line, "-t") || strings.Contains(line, "-it") {
		t.Error("docker is given a terminal, which would mix up stdout and stderr")
	}
}

// TestDockerfile holds that the image's program is no root's, and needs no shell.
func TestDockerfile(t *testing.T) {
	t.Parallel()
	file := read(t, "packaging/Dockerfile")
	for _, want := range []string{"\nUSER 65532:65532\n", "\nENTRYPOINT [\"/usr/local/bin/pagerduty-mcp\"]\n", "\nCMD [\"incidents\"]\n", "COPY $TARGETPLATFORM/pagerduty-mcp", "NOTICE"} {
		if !strings.Contains(file, want) {
			t.Errorf("it does not have %q", want)
		}
	}
	if strings.Contains(file, "\nRUN ") {
		t.Error("it runs something, which an image for another processor can't")
	}
}
