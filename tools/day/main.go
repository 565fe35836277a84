// Command day replays the report's day: 10,000 top-ups at 21 a minute over the
// 8-hour peak, compressed in time, with Latcom's 6.5 s left as they are. It ends
// with the counts of all three sides, the books verified, and our memory.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"latcom.example/latcom-billing/tools/rig"
)

func main() {
	topUps := flag.Int("top-ups", 10_000, "how many are ordered")
	compress := flag.Float64("compress", 60, "how many times faster than the real day they come")
	concurrency := flag.Int("concurrency", 200, "LATCOM_CONCURRENCY")
	flag.Parse()
	if err := day(context.Background(), *topUps, *compress, *concurrency); err != nil {
		fmt.Fprintln(os.Stderr, "day:", err)
		os.Exit(1)
	}
}

// result is what the resellers' side saw.
type result struct {
	mu     sync.Mutex
	counts map[string]int
	took   []time.Duration
}

func day(ctx context.Context, topUps int, compress float64, concurrency int) error {
	r, err := rig.New(ctx, rig.Options{Latency: "6.5s-6.5s"})
	if err != nil {
		return err
	}
	defer r.Close()
	address, process, err := r.Serve(ctx, map[string]string{"LATCOM_CONCURRENCY": strconv.Itoa(concurrency)})
	if err != nil {
		return err
	}
	key, err := r.AddCustomer(ctx, "DAY", "100000")
	if err != nil {
		return err
	}
	pause := time.Duration(float64(time.Minute) / 21 / compress)
	fmt.Printf("%d top-ups, one every %v, Latcom takes 6.5 s, LATCOM_CONCURRENCY=%d, 20 database connections\n", topUps, pause.Round(time.Microsecond), concurrency)
	begun := time.Now()
	seen := order(ctx, rig.NewClient(address, key, 2*concurrency), topUps, pause)
	took := time.Since(begun)

	delivered, err := r.Deliveries(ctx)
	if err != nil {
		return err
	}
	memory, err := rig.PeakMemory(process)
	if err != nil {
		return err
	}
	verified, err := r.Run(ctx, "verify")
	if err != nil {
		return err
	}
	report(seen, topUps, delivered, took, memory)
	fmt.Printf("%s", verified)
	if seen.counts["201 succeeded"] != topUps || delivered != topUps || memory >= 128 {
		return errors.New("the goal was missed")
	}
	return nil
}

func order(ctx context.Context, client *rig.Client, topUps int, pause time.Duration) *result {
	seen := &result{counts: map[string]int{}}
	tick := time.NewTicker(pause)
	defer tick.Stop()
	var wg sync.WaitGroup
	for i := range topUps {
		<-tick.C
		wg.Go(func() {
			answer, err := client.Order(ctx, fmt.Sprintf("day-%d", i), fmt.Sprintf("55%08d", 20_000_000+i*100+50))
			seen.mu.Lock()
			defer seen.mu.Unlock()
			if err != nil {
				seen.counts["no answer: "+err.Error()]++
				return
			}
			seen.counts[fmt.Sprintf("%d %s", answer.Code, answer.Status)]++
			seen.took = append(seen.took, answer.Took)
		})
	}
	wg.Wait()
	return seen
}

func report(seen *result, topUps, delivered int, took time.Duration, memory float64) {
	over := func(p float64) time.Duration {
		return (rig.Percentile(seen.took, p) - 6500*time.Millisecond).Round(time.Millisecond)
	}
	fmt.Printf("answers      %v\n", seen.counts)
	fmt.Printf("delivered    %d of %d (goal: all)\n", delivered, topUps)
	fmt.Printf("took         %v\n", took.Round(time.Second))
	fmt.Printf("answer less Latcom's own 6.5 s: p50 %v, p95 %v, p99 %v\n", over(0.5), over(0.95), over(0.99))
	fmt.Printf("memory       %.0f MB at its peak (goal: under 128)\n", memory)
}
