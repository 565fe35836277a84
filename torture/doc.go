// Package torture proves the books under what the world does to them. It holds
// tests alone.
//
// The model test drives the real store and engine, on a real PostgreSQL and
// against the simulator over HTTP, through thousands of seeded histories: orders,
// replays, adjustments, decisions, and crashes and faults between any two
// statements; after every step it compares the books with a small model of its own.
// The process test does the same to the built program: kill -9, a killed
// PostgreSQL, standing still, cut and slow connections.
//
// `make test` runs a short form, `make torture` a long one.
package torture
