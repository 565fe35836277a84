// Command bench measures, on this machine and in one run, what the program adds
// to Latcom's own time, and prints each figure beside its goal.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"latcom.example/latcom-billing/tools/rig"
)

func main() {
	latency := flag.Duration("latency", 200*time.Millisecond, "how long the simulator takes for each top-up")
	each := flag.Duration("each", 10*time.Second, "how long each number of clients runs")
	flag.Parse()
	if err := bench(context.Background(), *latency, *each); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, latency, each time.Duration) error {
	r, err := rig.New(ctx, rig.Options{Latency: fmt.Sprintf("%v-%v", latency, latency)})
	if err != nil {
		return err
	}
	defer r.Close()
	address, process, err := r.Serve(ctx, map[string]string{"LATCOM_CONCURRENCY": "100"})
	if err != nil {
		return err
	}
	key, err := r.AddCustomer(ctx, "BENCH", "10000000")
	if err != nil {
		return err
	}
	fmt.Printf("sync answer less the simulator's own %v (fsync and synchronous_commit on; goal: p99 under 100 ms)\n", latency)
	fmt.Printf("%8s %10s %10s %10s %10s %10s\n", "clients", "top-ups", "per s", "p50", "p95", "p99")
	for _, clients := range []int{1, 16, 64} {
		if err := run(ctx, rig.NewClient(address, key, clients), clients, latency, each); err != nil {
			return err
		}
	}
	memory, err := rig.PeakMemory(process)
	if err != nil {
		return err
	}
	fmt.Printf("memory at its peak: %.0f MB (goal: under 128)\n", memory)
	verified, err := r.Run(ctx, "verify")
	fmt.Printf("%s", verified)
	return err
}

var orders atomic.Int64

func run(ctx context.Context, client *rig.Client, clients int, latency, each time.Duration) error {
	var mu sync.Mutex
	var took []time.Duration
	var failed error
	var wg sync.WaitGroup
	begun := time.Now()
	for range clients {
		wg.Go(func() {
			for time.Since(begun) < each {
				n := orders.Add(1)
				answer, err := client.Order(ctx, fmt.Sprintf("bench-%d", n), fmt.Sprintf("55%08d", 20_000_000+n*100+50))
				if err == nil && answer.Status != "succeeded" {
					err = fmt.Errorf("order %d: %d %s", n, answer.Code, answer.Status)
				}
				mu.Lock()
				took = append(took, answer.Took)
				if err != nil {
					failed = err
				}
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	if failed != nil {
		return failed
	}
	over := func(p float64) string {
		return (rig.Percentile(took, p) - latency).Round(100 * time.Microsecond).String()
	}
	fmt.Printf("%8d %10d %10.0f %10s %10s %10s\n", clients, len(took), float64(len(took))/time.Since(begun).Seconds(), over(0.5), over(0.95), over(0.99))
	return nil
}
