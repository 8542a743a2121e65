package sandbox

import (
	"slices"
	"time"
)

// addOnCall gives a team two schedules and a policy that uses both. Its
// engineering managers take no turns.
func (a *account) addOnCall(t *team) {
	takers := slices.DeleteFunc(slices.Clone(t.members), func(u *user) bool { return u.title == manager })
	var pair []*schedule
	for i, name := range []string{"Primary", "Secondary"} {
		l := &layer{id: a.newID('P'), name: "Weekly", turn: week}
		for n := range takers {
			l.users = append(l.users, takers[(n+i)%len(takers)])
		}
		pair = append(pair, &schedule{record: a.named(t.name + " " + name), zone: homeZones[i], team: t, layers: []*layer{l}})
	}
	a.schedules.Add(pair...)
	a.addPolicy(t, t.name+" On-Call",
		level{targets: []target{{schedule: pair[0]}}, delay: 15 * time.Minute},
		level{targets: []target{{schedule: pair[1]}}, delay: 15 * time.Minute},
		level{targets: []target{{user: takers[len(takers)-1]}}, delay: 30 * time.Minute},
	)
}

func (a *account) addPolicy(t *team, name string, levels ...level) {
	p := &policy{record: a.named(name), team: t, loops: 2}
	for n, l := range levels {
		l.id = "P" + p.id[1:] + string(rune('A'+n))
		p.levels = append(p.levels, &l)
	}
	a.policies.Add(p)
}

// addOddOnCall makes what is not as usual: a round robin, a user who was deleted,
// schedules that are shift-based or have gaps, and one that nobody uses.
func (a *account) addOddOnCall(now time.Time) {
	member := func(names ...string) []*user {
		var out []*user
		for _, name := range names {
			out = append(out, a.users.Named(name))
		}
		return out
	}
	catalog := a.policies.Named("Catalog On-Call")
	catalog.levels[0].roundRobin = true
	for _, u := range catalog.levels[0].targets[0].schedule.users()[:2] {
		catalog.levels[0].targets = append(catalog.levels[0].targets, target{user: u})
	}

	identity := a.schedules.Named("Identity Secondary").layers[0]
	identity.users = slices.Insert(slices.Clone(identity.users), 1, a.gone)
	a.policies.Named("Fulfillment On-Call").levels[2].targets = []target{{user: a.gone}}

	a.schedules.Add(&schedule{
		record: a.named("Release Captain"), zone: "America/New_York", team: a.teams.Named("Mobile"), layers: []*layer{{
			id: a.newID('P'), name: "Office hours", turn: week, users: member("Grace Kim", "Hugo Lindqvist", "Sven Johansson"),
			hours: &hours{zone: location("America/New_York"), days: everyDay[:5], from: 9 * time.Hour, length: 8 * time.Hour},
		}},
	})

	desk := a.teams.Named("Identity")
	rotation := func(name string, users []*user, h hours) *layer {
		return &layer{id: a.newLongID(), event: a.newLongID(), name: name, turn: week, users: users, hours: &h}
	}
	sun := &schedule{record: a.named("Support Follow-the-Sun"), zone: "Etc/UTC", team: desk, shiftBased: true, layers: []*layer{
		rotation("Asia", member("Keiko Tanaka", "Mei Chen"), hours{zone: time.UTC, length: 8 * time.Hour}),
		rotation("Europe", member("Olga Petrova", "Felix Baumann", "Emma Larsen"), hours{zone: time.UTC, from: 8 * time.Hour, length: 8 * time.Hour}),
		rotation("Americas", member("Bruno Silva", "Carmen Vidal"), hours{zone: time.UTC, from: 16 * time.Hour, length: 8 * time.Hour}),
	}}
	weekend := &schedule{record: a.named("Support Weekends"), zone: "Europe/Berlin", team: desk, shiftBased: true, layers: []*layer{
		rotation("Saturday and Sunday", member("Nadia Rahman", "Oscar Lund"), hours{
			zone: location("Europe/Berlin"), days: everyDay[5:], from: 8 * time.Hour, length: 12 * time.Hour,
		}),
	}}
	a.schedules.Add(sun, weekend)
	a.addPolicy(desk, "Support On-Call",
		level{targets: []target{{schedule: sun}}, delay: 10 * time.Minute},
		level{targets: []target{{schedule: weekend}}, delay: 10 * time.Minute},
		level{targets: []target{{user: a.users.Named("Tara Walsh")}, {user: a.users.Named("Wes Nakamura")}}, delay: 30 * time.Minute},
	)

	// Overrides: one that is over, one that runs, and one that is to come.
	payments := a.schedules.Named("Payments Secondary")
	for _, o := range []struct {
		from, to time.Duration
	}{{-52 * time.Hour, -40 * time.Hour}, {-2 * time.Hour, 6 * time.Hour}, {70 * time.Hour, 82 * time.Hour}} {
		payments.overrides = append(payments.overrides, &override{
			id: a.newID('Q'), user: a.users.Named("Valeria Rossi"), start: now.Add(o.from), end: now.Add(o.to),
		})
	}
	// In a shift-based schedule: of one member, in one rotation, next week.
	europe := sun.layers[1]
	start := europe.hours.next(now.Add(week))
	sun.overrides = append(sun.overrides, &override{
		id: a.idFrom('Q', "override", sun.id) + "SHIFT", user: a.users.Named("Grace Kim"), start: start, end: start.Add(europe.hours.length),
		layer: europe, of: sun.onCall(start),
	})
}
