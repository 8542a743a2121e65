//go:build unix

package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCommandsOfTheCommandLinePage runs the commands that docs/command-line.md and the
// README's part about the command line show, in a shell, on the simulated account.
func TestCommandsOfTheCommandLinePage(t *testing.T) {
	t.Parallel()
	path := shell(t, "sh")
	_, env := account(t)
	for _, page := range []string{"docs/command-line.md", "README.md"} {
		data, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(page)))
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		if page == "README.md" {
			_, text, _ = strings.Cut(text, "## On the command line")
		}
		commands := 0
		for i, block := range strings.Split(text, "```sh\n") {
			block, _, _ = strings.Cut(block, "```")
			for line := range strings.Lines(block) {
				if line = strings.TrimSpace(line); i == 0 || line == "" {
					continue
				}
				commands++
				t.Run(line, func(t *testing.T) {
					t.Parallel()
					command := exec.CommandContext(t.Context(), path, "-e", "-c", line)
					command.Env = bare(append(env, "PATH="+filepath.Dir(built(t))+":"+os.Getenv("PATH"))...)
					var errs strings.Builder
					command.Stderr = &errs
					if out, err := command.Output(); err != nil || len(out) == 0 {
						t.Errorf("%v: %s%s", err, out, errs.String())
					}
				})
			}
		}
		if commands < 3 {
			t.Errorf("%s shows only %d commands", page, commands)
		}
	}
}
