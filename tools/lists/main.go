// Command lists measures, on this machine, what lists and files of top-ups cost when
// there are ten million, beside what they cost when there are ten thousand: the first
// page and a deep one of every filter, alone and together, the totals, and a CSV file
// beside `psql \copy` of the same rows. Both databases live on one server and are
// asked in turn, so that whatever else the machine does hits both.
//
//	go run ./tools/lists [--top-ups N] [--times N] [--together N] [--csv-rows N] [--data-dir DIR]
//
// With --data-dir the databases are kept there and used again: making them takes ten
// minutes and 9 GB.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"latcom.example/latcom-billing/tools/rig"
)

func main() {
	o := options{}
	flag.IntVar(&o.topUps, "top-ups", 10_000_000, "top-ups in the big database")
	flag.IntVar(&o.few, "few", 10_000, "top-ups in the small one")
	flag.IntVar(&o.times, "times", 40, "how often each page of one filter is asked for")
	flag.IntVar(&o.together, "together", 10, "how often each page of two filters together; 0: never")
	flag.IntVar(&o.csvRows, "csv-rows", 500_000, "rows of the file; 0: none")
	flag.StringVar(&o.dataDir, "data-dir", "", "where the databases are kept; empty: thrown away")
	flag.Parse()
	good, err := measure(context.Background(), o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "lists:", err)
	}
	if err != nil || !good {
		os.Exit(1)
	}
}

type options struct {
	topUps, few, times, together, csvRows int
	dataDir                               string
}

// measure prints a line for each list and says whether all keep their goals.
func measure(ctx context.Context, o options) (good bool, err error) {
	r, err := rig.New(ctx, rig.Options{Latency: "1s-1s", Folder: o.dataDir})
	if err != nil {
		return false, err
	}
	defer r.Close()
	few, err := open(ctx, r, "small", o.few)
	if err != nil {
		return false, err
	}
	defer few.Close()
	many, err := open(ctx, r, "large", o.topUps)
	if err != nil {
		return false, err
	}
	defer many.Close()
	good, err = both{few, many}.pages(ctx, o)
	if err != nil || o.csvRows == 0 {
		return good, err
	}
	quick, err := many.file(ctx, o.csvRows)
	return good && quick, err
}
