package main

// The load test: plays profiles of traffic against an instance and reports what
// became of every order.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	traffic "latcom.example/latcom-billing/load"
)

type loadCommand struct {
	Profiles []string `arg:"" optional:"" placeholder:"PROFILE" help:"Which to play, in this order; all of them otherwise. --list lists them."`
	List     bool     `help:"List the profiles and end."`

	Self           bool    `help:"Start a server, its database and a simulator of Latcom for the test, and prove its books afterwards."`
	Address        string  `default:"http://127.0.0.1:8080" placeholder:"URL" help:"The instance (${default}), unless --self."`
	APIKey         string  `name:"api-key" placeholder:"KEY" help:"An API key of a customer with credit, or - to read it from standard input."`
	IOwnThisServer bool    `name:"i-own-this-server" help:"Let the load go to another machine than this one."`
	Latency        latency `default:"6s-7s" placeholder:"6s-7s" help:"With --self: how long Latcom takes, from-to (${default})."`
	Concurrency    int     `default:"300" placeholder:"N" help:"With --self: LATCOM_CONCURRENCY (${default})."`

	For        time.Duration `default:"3m" placeholder:"3m" help:"How long each steady profile lasts, at most an hour (${default})."`
	Hurry      float64       `default:"1" placeholder:"N" help:"Compress time: orders come N times faster, outages are N times shorter (${default})."`
	MaxOrders  int           `default:"20000" placeholder:"N" help:"Send no more than so many of a profile (${default})."`
	Patience   time.Duration `default:"3m" placeholder:"3m" help:"How long to ask for orders that are open after the last one (${default})."`
	Seed       uint64        `default:"1" placeholder:"N" help:"Makes the times of the orders come out the same (${default})."`
	MachineUSD float64       `name:"machine-usd" default:"40" placeholder:"USD" help:"What the machine costs a month, for the cost of 1,000 top-ups (${default})."`
	Report     string        `placeholder:"FILE.md" help:"Write the report as Markdown too, and its pictures into a folder of the same name beside it."`
}

// Help says what it is careful about.
func (loadCommand) Help() string {
	return `It orders top-ups, so it goes to the simulator alone: to an instance that says that it simulates, or with a key of the sandbox (lb_test_…). It is bounded by --max-orders and --for; Ctrl-C ends it with a report of what was done.`
}

// Validate refuses what would not end, or never begin.
func (l *loadCommand) Validate() error {
	switch {
	case l.For <= 0 || l.For > time.Hour:
		return errors.New("--for must be above 0 and at most 1h")
	case l.Hurry <= 0 || l.MaxOrders < 1 || l.Patience < 0 || l.MachineUSD < 0:
		return errors.New("--hurry and --max-orders must be above 0, --patience and --machine-usd not below")
	case l.Concurrency < 1 || l.Concurrency > 5000:
		return errors.New("--concurrency must be from 1 to 5000")
	case l.Report != "" && filepath.Ext(l.Report) != ".md":
		return errors.New("--report must name a file that ends with .md")
	}
	return nil
}

// Run plays, reports, and ends with 1 when an accepted order is missing.
func (l *loadCommand) Run(ctx context.Context, std streams) (err error) {
	if l.List {
		return l.list(std)
	}
	profiles, unknown := traffic.Choose(l.Profiles, l.For)
	if unknown != "" {
		return fmt.Errorf("there is no profile %q; latcom-billing load --list lists them", unknown)
	}
	target, err := l.target(ctx, std)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.stop()) }()
	report := traffic.Report{
		Made: time.Now(), Command: strings.Join(append([]string{"latcom-billing"}, shownArguments(os.Args[1:])...), " "), Machine: traffic.ThisMachine(),
		Target: target.is, Settings: target.settings, Hurry: l.Hurry, PerMonth: l.MachineUSD,
	}
	failed := l.play(ctx, std, target, profiles, &report)
	report.Seen, report.Proof, err = target.conclude(context.WithoutCancel(ctx))
	return errors.Join(failed, err, l.publish(std, report))
}

// play plays one profile after the other; what was done is in the report whatever happens.
func (l *loadCommand) play(ctx context.Context, std streams, t target, profiles []traffic.Profile, report *traffic.Report) error {
	api := traffic.NewAPI(t.address, t.key)
	defer api.Close()
	runner := traffic.Runner{
		API: api, Latcom: t.latcom, Meter: t.meter, Seed: l.Seed, MaxOrders: l.MaxOrders, Patience: l.Patience, Note: std.note,
	}
	for _, p := range profiles {
		if ctx.Err() != nil {
			return nil
		}
		if p.Needs() && t.latcom == nil {
			std.note("%s is left out: only --self can tell Latcom what to do\n", p.Name)
			continue
		}
		p = p.Hurried(l.Hurry)
		std.note("%s: %s; %d orders in %v\n", p.Name, p.About, min(l.MaxOrders, len(p.Arrivals(l.Seed))), p.Lasts().Round(time.Second))
		result, err := runner.Play(ctx, p)
		if result != nil {
			report.Results = append(report.Results, result)
		}
		if err != nil {
			return fmt.Errorf("play %s: %w", p.Name, err)
		}
	}
	return nil
}

// publish prints the report and writes its files.
func (l *loadCommand) publish(std streams, report traffic.Report) error {
	if err := std.print("%s", report.Text()); err != nil {
		return err
	}
	if err := l.write(report); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if !report.Sound() {
		return errors.New("orders that were accepted are missing: the report names them")
	}
	return nil
}

func (l *loadCommand) write(report traffic.Report) error {
	if l.Report == "" {
		return nil
	}
	pictures := strings.TrimSuffix(l.Report, ".md")
	if err := os.MkdirAll(pictures, 0o755); err != nil { //nolint:gosec // G301: a report is for everybody
		return err
	}
	for _, one := range report.Results {
		if err := os.WriteFile(filepath.Join(pictures, one.Profile.Name+".svg"), []byte(one.SVG()), 0o644); err != nil { //nolint:gosec // G306: as above
			return err
		}
	}
	return os.WriteFile(l.Report, []byte(report.Markdown(filepath.Base(pictures))), 0o644) //nolint:gosec // G306: as above
}

func (l *loadCommand) list(std streams) error {
	for _, p := range traffic.Profiles(l.For) {
		if err := std.print("%-10s %s (%d orders in %v)\n", p.Name, p.About, len(p.Arrivals(l.Seed)), p.Lasts()); err != nil {
			return err
		}
	}
	return nil
}

// shownArguments are the command line without the key.
func shownArguments(args []string) []string {
	shown := make([]string, len(args))
	for i, arg := range args {
		name, _, is := strings.Cut(arg, "=")
		switch {
		case i > 0 && args[i-1] == "--api-key":
			arg = "KEY"
		case is && name == "--api-key":
			arg = "--api-key=KEY"
		}
		shown[i] = arg
	}
	return shown
}
