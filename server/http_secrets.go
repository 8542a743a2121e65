package server

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// minSecret is how many characters a secret has at least. 32 of base64 or hex can't be
// guessed.
const minSecret = 32

// Secrets are the bearer secrets that callers prove themselves with, from a file that may
// change at any time.
type Secrets struct{ file *watched[[]secret] }

// secret is one line of the file. The secret itself is not kept.
type secret struct {
	name   string
	writes bool
	hash   [sha256.Size]byte
}

var secretName = wording.Pattern(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$`)

// OpenSecrets reads a file of secrets: one a line, with a name for the logs in front, and
// read or write for what it allows, as "alice write 9f86d081884c7d659a2feaa0c55ad015".
// Empty lines, and lines that begin with #, say nothing.
func OpenSecrets(path string, log *slog.Logger) (*Secrets, error) {
	file, err := watch(log, func(contents [][]byte) ([]secret, error) { return parseSecrets(string(contents[0])) }, path)
	if err != nil {
		return nil, err
	}
	return &Secrets{file}, nil
}

// parseSecrets reads the text of a file of secrets. Its errors name lines, never words:
// any of them may be a secret.
func parseSecrets(text string) ([]secret, error) {
	const form = "write NAME read SECRET or NAME write SECRET"
	var (
		all      []secret
		problems []error
	)
	names, hashes := map[string]int{}, map[[sha256.Size]byte]int{}
	for i, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		words, number := strings.Fields(line), i+1
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		wrong := func(format string, args ...any) {
			problems = append(problems, fmt.Errorf("line %d: %s", number, fmt.Sprintf(format, args...)))
		}
		if len(words) != 3 {
			wrong("there are %d words; %s", len(words), form)
			continue
		}
		name, rights, value := words[0], words[1], words[2]
		hash := sha256.Sum256([]byte(value))
		switch {
		case rights != "read" && rights != "write":
			wrong("the second word is neither read nor write; %s", form)
		case !secretName().MatchString(name):
			wrong("the name has more than 64 characters, or others than letters, digits and . _ @ -")
		case len(value) < minSecret:
			wrong("the secret has %d characters; use at least %d, as from: openssl rand -hex 32", len(value), minSecret)
		case names[name] != 0:
			wrong("the name is that of line %d; give each its own", names[name])
		case hashes[hash] != 0:
			wrong("the secret is that of line %d; give each its own", hashes[hash])
		default:
			all = append(all, secret{name, rights == "write", hash})
			names[name], hashes[hash] = number, number
		}
	}
	if len(all) == 0 && len(problems) == 0 {
		problems = append(problems, errors.New("it holds no secret; "+form))
	}
	return all, errors.Join(problems...)
}

// find is the secret that a caller presents. It takes the same time whichever it is, and
// if it is none.
func (s *Secrets) find(presented string) (found secret, ok bool) {
	hash, at := sha256.Sum256([]byte(presented)), -1
	all := s.file.get()
	for i := range all {
		at = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(hash[:], all[i].hash[:]), i, at)
	}
	if at < 0 {
		return secret{}, false
	}
	return all[at], true
}
