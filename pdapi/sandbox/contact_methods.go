package sandbox

import (
	"fmt"
	"slices"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

// contact is a way to reach a user: email, phone, sms or push_notification.
type contact struct {
	id, kind, label, address string
	country                  int  // of a number
	blacklisted              bool // PagerDuty sends nothing there any more
	of                       *user
}

// notifyRule says how a user is told of incidents of an urgency, and after how many
// minutes.
type notifyRule struct {
	id, urgency string
	delay       int
	contact     *contact
	of          *user
}

// countryCodes are those of the users' numbers by their time zones.
var countryCodes = map[string]int{"America/Sao_Paulo": 55, "Europe/Berlin": 49, "Asia/Tokyo": 81, "Europe/London": 44}

// addContacts gives users ways to be reached, and rules. Some have too few: one has
// no rule for high urgency, one no way to be reached at all, and of one PagerDuty
// can't reach the number.
func (a *account) addContacts() {
	for n, u := range a.users.All() {
		if u.name == unreachable {
			continue
		}
		code := countryCodes[u.zone]
		if code == 0 {
			code = 1
		}
		number := fmt.Sprintf("%d%07d", 170+n, 1000003*(n+7)%9999991)
		add := func(kind, label, address string, country int) *contact {
			c := &contact{id: a.idFrom('P', "contact", kind, u.id), kind: kind, label: label, address: address, country: country, of: u}
			u.contacts = append(u.contacts, c)
			return c
		}
		mail := add("email", "Default", u.email, 0)
		phone := add("phone", "Mobile", number, code)
		text := add("sms", "Mobile", number, code)
		push := add("push_notification", "Phone app", a.idFrom('Q', "device", u.id), 0)
		rule := func(urgency string, delay int, c *contact) {
			u.rules = append(u.rules, &notifyRule{a.idFrom('P', "rule", urgency, c.kind, u.id), urgency, delay, c, u})
		}
		switch u.name {
		case onlyLow:
		case badNumber:
			phone.blacklisted, text.blacklisted = true, true
			rule("high", 0, phone)
		case slow:
			rule("high", 10, phone)
		default:
			rule("high", 0, push)
			if n%3 == 0 {
				rule("high", 2, text)
			}
			rule("high", 5, phone)
		}
		rule("low", 0, mail)
	}
}

// Who is not reached as others are.
const (
	onlyLow     = "Zoë Laurent"
	unreachable = "Pablo Ortega"
	badNumber   = "Hana Novak"
	slow        = "Imani Okafor"
)

func contactRoutes() []route {
	return []route{
		{Pattern: "GET /users/{id}/contact_methods", Handle: with((*account).user, listContacts)},
		{
			Pattern: "GET /users/{id}/notification_rules", Handle: with((*account).user, listRules),
			Query: rest.Query{"include[]": rest.Among("contact_methods"), "urgency": rest.Among("high", "low", "all")},
		},
	}
}

func listContacts(_ *call, u *user) *rest.Answer {
	return rest.OK(obj{"contact_methods": rest.Render(u.contacts, (*contact).object)})
}

// listRules answers those for high urgency unless it is asked for others.
func listRules(c *call, u *user) *rest.Answer {
	q := c.URL.Query()
	urgency := q.Get("urgency")
	if urgency == "" {
		urgency = "high"
	}
	rows := slices.DeleteFunc(slices.Clone(u.rules), func(r *notifyRule) bool { return urgency != "all" && r.urgency != urgency })
	return rest.OK(obj{"notification_rules": rest.Render(rows, func(r *notifyRule) obj {
		return r.object(slices.Contains(q["include[]"], "contact_methods"))
	})})
}

func (c *contact) ref() obj {
	r := ref(c.kind+"_contact_method", c.id, c.label, "users/"+c.of.id+"/contact_methods")
	r["html_url"] = nil
	return r
}

func (c *contact) object() obj {
	o := c.ref()
	o["type"], o["label"], o["address"] = c.kind+"_contact_method", c.label, c.address
	switch c.kind {
	case "phone", "sms":
		o["country_code"], o["enabled"], o["blacklisted"] = c.country, true, c.blacklisted
	case "push_notification":
		o["device_type"], o["blacklisted"] = "ios", false
	case "email":
		o["send_short_email"] = false
	}
	return o
}

func (r *notifyRule) ref() obj {
	o := ref("assignment_notification_rule", r.id, fmt.Sprintf("%d minutes: %s", r.delay, r.contact.label), "users/"+r.of.id+"/notification_rules")
	o["html_url"] = nil
	return o
}

func (r *notifyRule) object(whole bool) obj {
	o := r.ref()
	o["type"], o["start_delay_in_minutes"], o["urgency"], o["contact_method"] = "assignment_notification_rule", r.delay, r.urgency, r.contact.ref()
	if whole {
		o["contact_method"] = r.contact.object()
	}
	return o
}
