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
		"Go":                      {[]string{"`go install github.com/PagerDuty/pagerduty-mcp@latest`"}, nil, []string{"go install github.com/PagerDuty/pagerduty-mcp@latest"}},
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

// TestFormula holds what brew audit and brew style ask of a formula and can be seen
// without Homebrew: a short description without article, name and full stop, lines that
// are not too long, and a test that needs no key.
func TestFormula(t *testing.T) {
	t.Parallel()
	formula := read(t, "packaging/homebrew/pagerduty-mcp.rb")
	description := regexp.MustCompile(`(?m)^  desc "(.*)"$`).FindStringSubmatch(formula)
	if description == nil || len(description[1]) > 80 || strings.HasSuffix(description[1], ".") || regexp.MustCompile(`(?i)^(an?|the|pagerduty-mcp) `).MatchString(description[1]) {
		t.Errorf("brew does not take the description %q", description)
	}
	if !strings.Contains(read(t, ".goreleaser.yaml"), "    description: "+description[1]+"\n") {
		t.Errorf("the cask is not described by %q", description[1])
	}
	for line := range strings.Lines(formula) {
		if len(line) > 119 || strings.TrimRight(line, " \n") != strings.TrimRight(line, "\n") || strings.Contains(line, "\t") {
			t.Errorf("brew style does not take the line %q", line)
		}
	}
	_, test, _ := strings.Cut(formula, "\n  test do\n")
	for _, want := range []string{"--sandbox", "pagerduty-incidents", "serverInfo", `ENV.delete "PAGERDUTY_USER_API_KEY"`} {
		if !strings.Contains(test, want) {
			t.Errorf("its test does without %s", want)
		}
	}
}
