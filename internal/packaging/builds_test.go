package packaging_test

import (
	"slices"
	"testing"

	"github.com/goccy/go-yaml"
)

// TestWhatIsBuiltHow holds that what desktops start comes from the build without
// telemetry, and the image from the one with it; and that both leave out what only prints
// documentation, and are listed with what is linked in.
func TestWhatIsBuiltHow(t *testing.T) {
	t.Parallel()
	type made struct {
		ID   string
		IDs  []string
		Tags []string
	}
	var c struct {
		Builds    []made
		Universal []made `yaml:"universal_binaries"`
		Archives  []made
		NFPMs     []made `yaml:"nfpms"`
		Images    []made `yaml:"dockers_v2"`
		SBOMs     []made `yaml:"sboms"`
	}
	if err := yaml.Unmarshal([]byte(read(t, ".goreleaser.yaml")), &c); err != nil {
		t.Fatal(err)
	}
	tags := map[string][]string{}
	for _, b := range c.Builds {
		tags[b.ID] = b.Tags
		if !slices.Contains(b.Tags, "urfave_cli_no_docs") {
			t.Errorf("the build %s has the tags %q", b.ID, b.Tags)
		}
	}
	for _, u := range c.Universal {
		tags[u.ID] = tags[u.IDs[0]]
	}
	for _, part := range []struct {
		name    string
		all     []made
		without bool // telemetry
	}{{"macOS", c.Universal, true}, {"archives", c.Archives, true}, {"packages", c.NFPMs, true}, {"images", c.Images, false}} {
		if len(part.all) == 0 {
			t.Errorf("there are no %s", part.name)
		}
		for _, m := range part.all {
			if len(m.IDs) == 0 {
				t.Errorf("%s: %s is made of every build", part.name, m.ID)
			}
			for _, id := range m.IDs {
				if build, ok := tags[id]; !ok || slices.Contains(build, "no_telemetry") != part.without {
					t.Errorf("%s: %s is made of the build %s, with the tags %q", part.name, m.ID, id, build)
				}
			}
		}
	}
	listed := map[string]int{}
	for _, s := range c.SBOMs {
		for _, id := range s.IDs {
			listed[id]++
		}
	}
	for id := range tags {
		if listed[id] != 1 {
			t.Errorf("what is linked into the build %s is listed %d times, want once", id, listed[id])
		}
	}
}
