package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTroubleshootingIsWhole holds that the page explains everything that PagerDuty refuses.
func TestTroubleshootingIsWhole(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "docs", "troubleshooting.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range advice {
		if !strings.Contains(string(page), "| `"+row.what+"` |") {
			t.Errorf("docs/troubleshooting.md does not explain: %s", row.what)
		}
	}
}
