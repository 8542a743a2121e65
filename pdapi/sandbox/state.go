package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

// stateVersion is the form of state files, and of what accounts do with them: a file
// of another version would lead to another account.
const stateVersion = 1

// state is the first line of a state file: what makes the account.
type state struct {
	Version  int       `json:"pagerduty_sandbox"`
	Seed     uint64    `json:"seed"`
	Scenario Scenario  `json:"scenario"`
	Speed    float64   `json:"speed"`
	Zone     string    `json:"time_zone,omitempty"`
	Opened   time.Time `json:"opened"`
}

// Resume returns a sandbox, not listening, whose account is kept in a file: it has a
// line about the account, and one for each change that was made. Processes that use the
// file at the same time see each other's changes. A new file gets the account that o
// describes. Where o asks for another one than a file has, it fails.
//
// The time of the account goes on while no process uses it.
func Resume(path string, o Options) (*Server, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	wanted := state{
		Version: stateVersion, Seed: cmp.Or(o.Seed, 1), Scenario: cmp.Or(o.Scenario, Demo), Speed: cmp.Or(o.Speed, 1), Zone: o.AccountZone,
		Opened: o.Now().UTC().Truncate(time.Second),
	}
	first, err := json.Marshal(wanted)
	if err != nil {
		return nil, fmt.Errorf("describing the account: %w", err)
	}
	journal, head, err := rest.OpenJournal(path, first)
	if err != nil {
		return nil, fmt.Errorf("opening the state of the simulated account: %w", err)
	}
	kept, err := readState(head)
	if err == nil {
		err = kept.is(wanted, o)
	}
	if err != nil {
		journal.Close()
		return nil, fmt.Errorf("the state file %s %w", path, err)
	}
	o.Seed, o.Scenario, o.Speed, o.AccountZone = kept.Seed, kept.Scenario, kept.Speed, kept.Zone
	return newServer(o, kept.Opened, journal), nil
}

func readState(line []byte) (state, error) {
	var kept state
	switch err := json.Unmarshal(line, &kept); {
	case err != nil || kept.Version == 0 || kept.Speed <= 0:
		return kept, fmt.Errorf("is not one of a simulated account; give another path, or delete it to start over")
	case kept.Version != stateVersion:
		return kept, fmt.Errorf("was written by another version of this program; delete it to start over")
	}
	return kept, nil
}

// is reports, as an error, what of an account is not as the options want it. An option
// that is not set wants nothing.
func (kept state) is(wanted state, o Options) error {
	for _, part := range []struct {
		name       string
		set        bool
		have, want any
	}{
		{"seed", o.Seed != 0, kept.Seed, wanted.Seed}, {"scenario", o.Scenario != "", kept.Scenario, wanted.Scenario},
		{"speed", o.Speed != 0, kept.Speed, wanted.Speed}, {"time zone", o.AccountZone != "", kept.Zone, wanted.Zone},
	} {
		if part.set && part.have != part.want {
			return fmt.Errorf("has an account with the %s %v, not %v; leave that away to go on with it, or delete the file to start over", part.name, part.have, part.want)
		}
	}
	return nil
}
