package views

// What the search finds, in groups: customers, top-ups, pages, actions.

import (
	"strconv"
	"strings"

	"latcom.example/latcom-billing/billing"
)

// Search is the page and the palette. Both show the same.
type Search struct {
	Frame
	Typed  string
	Groups []HitGroup // without empty ones
}

// HitGroup is what is found of one kind.
type HitGroup struct {
	Title string
	Hits  []Hit
}

// Hit is one thing that is found. It leads somewhere; nothing is done by choosing it.
type Hit struct{ Icon, Text, Note, Href string }

// Find puts together what the database found and what the frame itself knows.
func Find(f Frame, typed string, role billing.Role, customers []billing.Customer, topUps []billing.TopUp) Search {
	s := Search{Frame: f, Typed: typed}
	s.add(f.T("Customers"), s.customers(customers))
	s.add(f.T("Top-ups"), s.topUps(topUps))
	s.add(f.T("Pages"), s.matching(s.pages()))
	s.add(f.T("Actions"), s.actions(role, customers))
	return s
}

func (s *Search) add(title string, hits []Hit) {
	if len(hits) > 0 {
		s.Groups = append(s.Groups, HitGroup{title, hits})
	}
}

func (s *Search) customers(found []billing.Customer) (hits []Hit) {
	for _, c := range found {
		hits = append(hits, Hit{Icon: "users", Text: c.Name, Note: c.Code, Href: CustomerPath(c.Code)})
	}
	return hits
}

func (s *Search) topUps(found []billing.TopUp) (hits []Hit) {
	for _, t := range found {
		note := strings.Join([]string{t.CustomerName, t.Reference, WithUnit(t.Amount.String(), "MXN"), StatusWord(s.Reader, string(t.Status)), s.When(t.CreatedAt)}, " · ")
		hits = append(hits, Hit{Icon: "smartphone", Text: Phone(string(t.Phone)), Note: note, Href: AdminTopUpPath(t.ID.String())})
	}
	return hits
}

// pages are the places of the back office, as the nav names them, and those without an entry there.
func (s *Search) pages() (hits []Hit) {
	for _, entry := range s.allOfNav() {
		hits = append(hits, Hit{Icon: entry.icon, Text: entry.name, Href: entry.path})
	}
	return append(hits,
		Hit{Icon: "info", Text: s.T("Keys and the search line"), Href: ShortcutsPath},
		Hit{Icon: "file-text", Text: s.T("Documentation"), Href: APIDocsPath},
	)
}

// actions are what the role may do: each is the form that asks, never the act itself.
func (s *Search) actions(role billing.Role, customers []billing.Customer) (hits []Hit) {
	if role.MayManage() {
		hits = append(hits, Hit{Icon: "plus", Text: s.T("New customer"), Href: NewCustomerPath})
	}
	if role.MayMoveMoney() {
		hits = append(hits,
			Hit{Icon: "wallet", Text: s.T("Record a deposit"), Href: NewDepositPath},
			Hit{Icon: "list-checks", Text: s.T("Adjust many customers"), Href: NewCreditListPath},
			Hit{Icon: "coins", Text: s.T("Adjust one customer"), Href: CreditOnePath},
		)
	}
	hits = append(hits, Hit{Icon: "download", Text: s.T("Export all top-ups"), Href: AdminExports.New()})
	hits = s.matching(hits)
	if s.Typed != "" && role.MayMoveMoney() {
		for _, c := range customers {
			hits = append(hits, Hit{Icon: "wallet", Text: s.T("Credit %s", c.Name), Note: c.Code, Href: NewCreditPath(c.Code)})
		}
	}
	if s.Typed != "" {
		hits = append(hits, Hit{Icon: "filter", Text: s.T("Filter top-ups by “%s”", s.Typed), Href: WithQuery(AdminTopUpsPath, map[string][]string{FieldText: {s.Typed}})})
	}
	return hits
}

// matching keeps the hits whose words hold what was typed.
func (s *Search) matching(all []Hit) (hits []Hit) {
	for _, hit := range all {
		if strings.Contains(strings.ToLower(hit.Text), strings.ToLower(s.Typed)) {
			hits = append(hits, hit)
		}
	}
	return hits
}

// optionID numbers the options of the palette.
func optionID(group, hit int) string { return "hit-" + strconv.Itoa(group) + "-" + strconv.Itoa(hit) }

// shortcut is a key, or keys, and what they do.
type shortcut struct {
	keys []string
	does string
}

func (f Frame) shortcuts() []shortcut {
	return []shortcut{
		{[]string{f.T("Ctrl K"), f.T("⌘K")}, f.T("find anything")},
		{[]string{"/"}, f.T("go to the search line of a list")},
		{[]string{"?"}, f.T("show these keys")},
		{[]string{"j", "k"}, f.T("the older and the newer top-up")},
		{[]string{"n"}, f.T("show newer top-ups")},
		{[]string{f.T("Enter|key")}, f.T("open the top-up")},
		{[]string{f.T("Esc")}, f.T("close the drawer, a menu or a dialog")},
	}
}
