package main

// Moving in from the Node system: customers, what they had, their keys, and every
// reference that they ever used. docs/CUTOVER.md is the plan around it.

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	door "latcom.example/latcom-billing/access" // this package has a command of that name
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/topup"
)

type importCommand struct {
	From        string `arg:"" help:"The old database as postgres://…, read only; or a folder with customers.csv, transactions.csv and billing_records.csv."`
	DryRun      bool   `help:"Read and report, and change nothing."`
	HistoryOnly bool   `help:"Without balances: customers, keys and references alone, while the old system still sells."`
	Zone        string `default:"UTC" help:"The time zone of times that name none."`

	zone *time.Location
}

// Help says what is taken, and what is odd.
func (importCommand) Help() string {
	return `Run again it imports nothing twice: customers are known by their code, balances, keys and top-ups by what they are. Top-ups come over as history: they move no money here, and their references stay taken. A reference that is repeated answers what it was.

What is odd is told with its row; what is "stopped" keeps the import from beginning until it is put right there. Control totals are printed for both sides. Keys are hashed on the way, none is printed.`
}

// Validate reads the zone.
func (i *importCommand) Validate() (err error) {
	if i.zone, err = time.LoadLocation(i.Zone); err != nil {
		return errors.New("--zone is no time zone, such as America/Mexico_City")
	}
	return nil
}

// Run reads everything once to judge it, and then once more to take it over.
func (i *importCommand) Run(ctx context.Context, std streams) (err error) {
	source, err := openOld(ctx, i.From)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.close()) }()
	old, err := readOld(ctx, source, i.zone)
	if err != nil {
		return err
	}
	if err := old.print(std); err != nil {
		return err
	}
	switch {
	case old.stopped > 0:
		return fmt.Errorf("%d rows keep the import from beginning: put them right in the old system, or leave them out of the files", old.stopped)
	case i.DryRun:
		return std.print("dry run: nothing was changed\n")
	}
	b, err := openCurrentBooks(ctx, std)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	m := mover{books: b, engine: b.engine(), door: door.New(b.Store, nil), old: old, balances: !i.HistoryOnly}
	if err := m.customers(ctx); err != nil {
		return err
	}
	if err := m.history(ctx); err != nil {
		return err
	}
	return m.print(std)
}

// mover takes over what was judged.
type mover struct {
	books    books
	engine   *topup.Engine
	door     *door.Door
	old      *oldSystem
	balances bool

	posted, waits  billing.USD
	keys           int
	added, changed int
	skipped        int
	openings       int
	contradictions []string
	customerIDs    map[string]int64 // by code
}

func (m *mover) customers(ctx context.Context) error {
	m.customerIDs = map[string]int64{}
	for _, c := range m.old.customers {
		old := topup.OldCustomer{Code: c.code, Name: c.name}
		if m.balances {
			old.Opening = &c.balance
		}
		made, opening, err := m.engine.ImportCustomer(ctx, commandLine(), old)
		if err != nil {
			return fmt.Errorf("import customer %s: %w", c.code, readable(err))
		}
		m.customerIDs[c.code] = made.ID
		m.note(c, opening)
		if c.key == "" {
			continue
		}
		_, err = m.door.ImportKey(ctx, commandLine(), made, door.OldKey{Name: "Key of the old system", Key: c.key, CustomerID: c.oldID})
		if errors.Is(err, billing.ErrTaken) {
			return fmt.Errorf("import the key of %s: another customer has it", c.code)
		}
		if err != nil {
			return fmt.Errorf("import the key of %s: %w", c.code, readable(err))
		}
		m.keys++
	}
	return nil
}

// note counts an opening balance. One that was imported before stands, whatever the
// old system says by now.
func (m *mover) note(c oldCustomer, opening billing.Adjustment) {
	switch opening.State {
	case "":
		return
	case billing.AdjustmentPosted:
		m.posted = m.posted.Add(opening.Amount)
	default:
		m.waits = m.waits.Add(opening.Amount)
	}
	m.openings++
	if opening.Amount.Cmp(c.balance) != 0 {
		m.contradictions = append(m.contradictions, fmt.Sprintf("%s has %s there now, and %s was imported before: adjust the difference", c.code, c.balance, opening.Amount))
	}
}

const importAtOnce = 1000

func (m *mover) history(ctx context.Context) error {
	for from := 0; from < len(m.old.topUps); from += importAtOnce {
		some := m.old.topUps[from:min(from+importAtOnce, len(m.old.topUps))]
		err := m.books.InTx(ctx, func(tx *store.Tx) error { return m.put(ctx, tx, some) })
		if err != nil {
			return fmt.Errorf("import the history, from its row %d: %w", from+1, err)
		}
	}
	return nil
}

// put leaves out what is a top-up of ours by now.
func (m *mover) put(ctx context.Context, tx *store.Tx, some []oldTopUp) error {
	references := map[string][]string{}
	for _, t := range some {
		references[t.customer] = append(references[t.customer], t.Reference)
	}
	ours := map[string]bool{}
	for code, names := range references {
		used, err := tx.UsedReferences(ctx, m.customerIDs[code], names)
		if err != nil {
			return err
		}
		for _, name := range used {
			ours[code+"\x00"+name] = true
		}
	}
	var all []billing.Imported
	for _, t := range some {
		if ours[t.customer+"\x00"+t.Reference] {
			m.skipped++
			m.contradictions = append(m.contradictions, fmt.Sprintf("reference %s of %s is a top-up of this system: its past was left out", t.Reference, t.customer))
			continue
		}
		t.CustomerID = m.customerIDs[t.customer]
		all = append(all, t.Imported)
	}
	added, changed, err := tx.PutImported(ctx, all)
	m.added, m.changed = m.added+added, m.changed+changed
	return err
}

func (m *mover) print(std streams) error {
	var text strings.Builder
	for _, said := range m.contradictions {
		fmt.Fprintf(&text, "odd       %s\n", said)
	}
	fmt.Fprintf(&text, "imported  %d customers, %d keys, %d opening balances: USD %s posted, USD %s waiting for a second operator\n",
		len(m.old.customers), m.keys, m.openings, m.posted, m.waits)
	fmt.Fprintf(&text, "imported  %d top-ups new, %d changed, %d were there, %d left out\n", m.added, m.changed, len(m.old.topUps)-m.added-m.changed-m.skipped, m.skipped)
	return std.print("%s", text.String())
}
