package cli

import (
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
)

// AllPages are the pages of the documentation, as paths from the top of the repository
// with slashes, the README first.
func AllPages(t *testing.T) []string {
	t.Helper()
	pages := []string{"README.md", "CONTRIBUTING.md"}
	err := fs.WalkDir(os.DirFS(".."), "docs", func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".md") {
			pages = append(pages, path)
		}
		return err
	})
	if err != nil || len(pages) < 30 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	return pages
}

// Page is the text of a page.
func Page(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), "\r\n", "\n")
}

var (
	blockOfCode  = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	inlineCode   = regexp.MustCompile("`[^`\n]*`")
	linkOfPage   = regexp.MustCompile(`\]\(([^)\s]*)\)`)
	headingLine  = regexp.MustCompile(`(?m)^#+ (.*)$`)
	linkInTitle  = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	figureOfSaid = regexp.MustCompile(`\b([\d,.]*\d) (ms|MiB|requests)\b`)
)

// anchorsOf are the anchors that GitHub gives the headings of a page.
func anchorsOf(text string) []string {
	var anchors []string
	for _, m := range headingLine.FindAllStringSubmatch(blockOfCode.ReplaceAllString(text, ""), -1) {
		title := linkInTitle.ReplaceAllString(m[1], "$1")
		anchor := strings.Map(func(r rune) rune {
			switch {
			case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_':
				return unicode.ToLower(r)
			case r == ' ':
				return '-'
			}
			return -1
		}, title)
		for n := 1; slices.Contains(anchors, anchor); n++ {
			anchor = strings.TrimSuffix(anchor, "-"+strconv.Itoa(n-1)) + "-" + strconv.Itoa(n)
		}
		anchors = append(anchors, anchor)
	}
	return anchors
}

// TestLinks follows the links of all pages, as far as they stay in the repository: the file
// is there, and the heading. Others have the form of an address. Every page is linked from
// another one.
func TestLinks(t *testing.T) {
	t.Parallel()
	linked := map[string]bool{"README.md": true}
	for _, page := range AllPages(t) {
		text := inlineCode.ReplaceAllString(blockOfCode.ReplaceAllString(Page(t, page), ""), "``")
		for _, m := range linkOfPage.FindAllStringSubmatch(text, -1) {
			target, err := url.Parse(m[1])
			if err != nil || m[1] == "" {
				t.Errorf("%s: %q is no link: %v", page, m[1], err)
				continue
			}
			if target.Scheme != "" {
				if target.Scheme != "https" || !strings.Contains(target.Host, ".") || target.User != nil {
					t.Errorf("%s: %q is not the address of a page", page, m[1])
				}
				continue
			}
			file := page
			if target.Path != "" {
				file = path.Join(path.Dir(page), target.Path)
			}
			if _, err := os.Stat(filepath.Join("..", filepath.FromSlash(file))); err != nil {
				t.Errorf("%s: %v", page, err)
				continue
			}
			if file != page {
				linked[file] = true
			}
			if target.Fragment != "" && !slices.Contains(anchorsOf(Page(t, file)), target.Fragment) {
				t.Errorf("%s: %s has no heading %q; it has %q", page, file, target.Fragment, anchorsOf(Page(t, file)))
			}
		}
	}
	for _, page := range AllPages(t) {
		if !linked[page] {
			t.Errorf("no page links %s", page)
		}
	}
}

// TestAnchors are those of GitHub.
func TestAnchors(t *testing.T) {
	t.Parallel()
	got := anchorsOf("# A `list_x` & B\n```sh\n# no heading\n```\n## [It](x.md), again!\n## It again\n## Zürich's\n")
	if want := []string{"a-list_x--b", "it-again", "it-again-1", "zürichs"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestFiguresOfTheReadme holds what the README says of speed and memory against the page
// that has it measured.
func TestFiguresOfTheReadme(t *testing.T) {
	t.Parallel()
	measured := Page(t, "docs/performance.md")
	figures := figureOfSaid.FindAllStringSubmatch(Page(t, "README.md"), -1)
	for _, m := range figures {
		cell := regexp.MustCompile(`(^|[^\d.,])` + regexp.QuoteMeta(m[1]) + ` ` + m[2] + `\b`)
		if m[2] == "requests" {
			cell = regexp.MustCompile(`(?m)^\| .triage_incident.* \| ` + m[1] + ` \| 3 \|$`)
		}
		if !cell.MatchString(measured) {
			t.Errorf("README.md says %q, which docs/performance.md does not", m[0])
		}
	}
	if len(figures) < 5 {
		t.Errorf("README.md has only the figures %q", figures)
	}
	number := func(page, pattern string) int {
		m := regexp.MustCompile(pattern).FindStringSubmatch(Page(t, page))
		if m == nil {
			t.Fatalf("%s has nothing of the form %s", page, pattern)
		}
		n, _ := strconv.Atoi(strings.ReplaceAll(m[1], ",", ""))
		return n
	}
	said, cost := number("README.md", `fewer than ([\d,]+) tokens`), number("docs/tokens.md", "(?m)^\\| `triage_incident` `{\"incident_id\":4711}` \\| (\\d+) \\|$")
	if cost >= said || said-cost > 100 {
		t.Errorf("README.md says that a triage costs fewer than %d tokens; by docs/tokens.md it is %d", said, cost)
	}
	said, cost = number("README.md", `list of 25 incidents about ([\d,]+)`), number("docs/tokens.md", `(?m)^\| 25 incidents \| (\d+) \|`)
	if (cost+250)/500*500 != said {
		t.Errorf("README.md says that 25 incidents cost about %d tokens; by docs/tokens.md it is %d", said, cost)
	}
}

// TestPromptsPage holds the table of the server's prompts.
func TestPromptsPage(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("\n| prompt | asks for | what it is for |\n|---|---|---|\n")
	seen := map[string]bool{}
	for _, set := range toolsets.All() {
		for _, p := range set.Prompts {
			var asks []string
			for _, a := range p.Arguments {
				word := "`" + a.Name + "`"
				if !a.Required {
					word += ", if you like"
				}
				asks = append(asks, word)
			}
			if !seen[p.Name] {
				b.WriteString("| `" + p.Name + "` | " + strings.Join(asks, "; ") + " | " + p.Description + " |\n")
			}
			seen[p.Name] = true
		}
	}
	rig.Part(t, "../docs/prompts.md", "prompts: written by task update", b.String()+"\n")
}

// TestTroubleshootingIsTrue holds that every message on the page is in the program, word by
// word; what stands for something else is written … there.
func TestTroubleshootingIsTrue(t *testing.T) {
	t.Parallel()
	var source strings.Builder
	for _, dir := range []string{"cli", "server", "pdapi", "toolsets"} {
		err := fs.WalkDir(os.DirFS(".."), dir, func(path string, _ fs.DirEntry, err error) error {
			if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") && err == nil {
				source.WriteString(Page(t, path))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	program := regexp.MustCompile(`" \+\s*"`).ReplaceAllString(source.String(), "")
	program = regexp.MustCompile(`%[a-z]`).ReplaceAllString(strings.ReplaceAll(program, `--%s`, `--`+flagWrite), "…")
	messages := 0
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]*)` \\|").FindAllStringSubmatch(Page(t, "docs/troubleshooting.md"), -1) {
		messages++
		for part := range strings.SplitSeq(m[1], "…") {
			if !strings.Contains(program, strings.TrimSpace(part)) {
				t.Errorf("docs/troubleshooting.md explains %q, but no message of the program has %q", m[1], part)
			}
		}
	}
	if messages < 50 {
		t.Errorf("the page has only %d messages", messages)
	}
}
