package main

// The command line: its grammar, and what a command's end means to the shell.

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"runtime/debug"
	"strings"

	"github.com/alecthomas/kong"
)

// Exit codes (contract §5).
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// commands is the grammar; each command is in a file of its own.
type commands struct {
	Demo      demoCommand      `cmd:"" help:"Everything at once on this machine: database, simulator, sample data, server. Needs no settings."`
	Serve     serveCommand     `cmd:"" help:"The server, as the settings say. Applies migrations first."`
	Migrate   migrateCommand   `cmd:"" help:"Applies migrations and ends."`
	Simulator simulatorCommand `cmd:"" help:"The Latcom simulator alone."`
	Customer  customerCommands `cmd:"" help:"Makes customers and moves their credit."`
	Load      loadCommand      `cmd:"" help:"A load test: plays profiles of traffic against an instance, or one of its own, and reports."`
	Verify    verifyCommand    `cmd:"" help:"Recomputes every balance and hold; ends with 1 and a line for each difference."`
	Import    importCommand    `cmd:"" help:"Takes over customers, balances, keys and history of the system before this one."`
	Backup    backupCommand    `cmd:"" help:"Backs the embedded database up, while it serves."`
	Restore   restoreCommand   `cmd:"" help:"Restores the embedded database from a backup; sending is paused then until an operator has checked the gap."`
	Erase     eraseCommands    `cmd:"" help:"Erases personal data: a member's, and network addresses after their time."`
	Address   addressCommand   `cmd:"" help:"Shows the address that calls to Latcom leave from, which has to be on Latcom's list. Calls nobody."`
	Gap       gapCommand       `cmd:"" help:"Compares Latcom's statement with the books, after a restore: what they delivered and we do not know."`

	Version kong.VersionFlag `help:"Print the version."`
}

const about = `Latcom Billing: prepaid top-ups.

Settings come from the environment and from a file .env in the current folder. DATABASE_URL is a PostgreSQL 15 or newer, or the word "embedded" for one of our own. Start with "latcom-billing demo".`

// streams is where a command finds its settings and writes to.
type streams struct {
	settings map[string]string
	out, err *os.File
}

// print writes a part of the result; without it the command has failed.
func (s streams) print(format string, args ...any) error {
	if _, err := fmt.Fprintf(s.out, format, args...); err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	return nil
}

// note says something beside the result.
func (s streams) note(format string, args ...any) {
	_, _ = fmt.Fprintf(s.err, format, args...) // nobody reads it, then
}

// run parses and runs a command and returns the exit code.
func run(ctx context.Context, args []string) int {
	var grammar commands
	parser, err := kong.New(&grammar,
		kong.Name("latcom-billing"), kong.Description(about), kong.Writers(os.Stdout, os.Stderr),
		kong.Vars{"version": builtVersion()}, kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		return failed(err)
	}
	command, err := parser.Parse(withNegatives(args))
	if err != nil {
		return misused(err)
	}
	raw, err := settings()
	if err != nil {
		return failed(err)
	}
	err = command.Run(streams{settings: raw, out: os.Stdout, err: os.Stderr})
	if err != nil {
		return failed(err)
	}
	return exitDone
}

func misused(err error) int {
	fmt.Fprintf(os.Stderr, "latcom-billing: %v\n", err)
	if parse, is := errorAs[*kong.ParseError](err); is && parse.Context != nil {
		understood := []string{parse.Context.Model.Name}
		for _, step := range parse.Context.Path {
			if step.Command != nil {
				understood = append(understood, step.Command.Name)
			}
		}
		fmt.Fprintf(os.Stderr, "Try: %s --help\n", strings.Join(understood, " "))
	}
	return exitUsage
}

func failed(err error) int {
	fmt.Fprintf(os.Stderr, "latcom-billing: %v\n", err)
	return exitFailed
}

var negative = regexp.MustCompile(`^-[0-9][0-9.]*$`)

// withNegatives keeps kong from taking the amount in "customer credit CODE -5"
// for a flag: a space before it tells it apart, and amount ignores spaces.
func withNegatives(args []string) []string {
	kept := make([]string, len(args))
	for i, arg := range args {
		if negative.MatchString(arg) {
			arg = " " + arg
		}
		kept[i] = arg
	}
	return kept
}

// version is written by the linker (see the Makefile).
var version string

// builtVersion is what was built: the linker's word, or the commit.
func builtVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value[:min(12, len(s.Value))]
			}
		}
	}
	return "dev"
}
