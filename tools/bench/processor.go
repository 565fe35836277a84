package main

// What an order costs of processor: unlike rates, it hardly depends on what others do
// on the machine.

import (
	"os"

	"latcom.example/latcom-billing/load"
)

// processor is what was used so far.
type processor struct{ program, others, clients float64 } // seconds

// spent reads it; others are PostgreSQL and the simulator, which hang under this process.
func (h *house) spent() (processor, error) {
	ours, err := load.Process(os.Getpid()).Read()
	if err != nil {
		return processor{}, err
	}
	program, err := load.Process(h.process.Pid).Read()
	if err != nil {
		return processor{}, err
	}
	return processor{
		program: program.Program.Seconds(), others: (ours.Database - program.Program).Seconds(), clients: ours.Program.Seconds(),
	}, nil
}

// noteSpent says what each of n orders cost.
func (b *bench) noteSpent(before, after processor, n float64) {
	if n == 0 {
		return
	}
	each := func(after, before float64) string { return number((after-before)/n*1000) + " ms" }
	b.note("  processor for each", "program %s, PostgreSQL and Latcom %s, clients %s",
		each(after.program, before.program), each(after.others, before.others), each(after.clients, before.clients))
}
