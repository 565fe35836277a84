package load

// Figures, their words and their pictures.

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"
)

func ownProcess(t *testing.T) Meter {
	t.Helper()
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		return nil
	}
	return Process(os.Getpid())
}

// tenOrders: one a second, each 2 s; the last is open.
func tenOrders() *Result {
	r := &Result{Profile: Profile{Name: "ten", About: "ten orders & <more>", Weather: []Weather{{At: 2 * time.Second, Away: true}, {At: 4 * time.Second}}}, Took: 12 * time.Second}
	for i := range 10 {
		at := time.Duration(i) * time.Second
		r.Orders = append(r.Orders, &Order{At: at, Ended: at + 2*time.Second, ID: "x", Status: "succeeded", Tries: 1})
	}
	r.Orders[9].Ended, r.Orders[9].Status = 0, "queued"
	r.Readings = []Reading{{Memory: 50 << 20}, {At: 10 * time.Second, Memory: 80 << 20, Program: 2 * time.Second, Database: time.Second}}
	return r
}

func TestAPictureShowsWhatCameEndedAndWasOpenAtEachMoment(t *testing.T) {
	slices := tenOrders().Slices(12)
	for i, want := range []Slice{0: {Ordered: 1, Open: 1}, 5: {Ordered: 1, Ended: 1, Open: 2, P50: 2 * time.Second, P95: 2 * time.Second}, 11: {Open: 1}} {
		if want != (Slice{}) && slices[i] != want {
			t.Errorf("slice %d: %+v, want %+v", i, slices[i], want)
		}
	}
}

func TestThePriceOfAThousandFollowsFromTheMachinesPrice(t *testing.T) {
	f := Figures{Delivered: 2000, Watched: time.Hour, Program: 30 * time.Minute, Base: 30 * time.Minute}
	whole, share := f.Cost(73, 2)          // 0.1 USD an hour, 0.05 a core
	if whole != 0.05 || share != 0.1/2/2 { // for 2,000: 0.1 in all, and one core's hour is half of it
		t.Errorf("whole %v, share %v", whole, share)
	}
	if whole, share = (Figures{Watched: time.Hour}).Cost(73, 2); whole != 0 || share != 0 {
		t.Errorf("of nothing delivered: %v, %v", whole, share)
	}
}

func TestAReportSaysLoudlyWhenTimeWasCompressed(t *testing.T) {
	hurried, real := Report{Hurry: 60}, Report{Hurry: 1}
	if text := hurried.Text(); !strings.HasPrefix(text, "TIME WAS COMPRESSED 60 TIMES") {
		t.Errorf("hurried:\n%s", text)
	}
	if text := real.Markdown("load"); strings.Contains(text, "COMPRESSED") || !strings.Contains(text, "Time was not compressed") {
		t.Errorf("at the real rate:\n%s", text)
	}
}

func TestAReportHasEveryFigureInTextAndMarkdown(t *testing.T) {
	r := Report{Hurry: 1, PerMonth: 40, Machine: Machine{Cores: 2}, Results: []*Result{tenOrders()}, Proof: "proven: everything\n", Seen: "the simulator delivered 9"}
	for name, text := range map[string]string{"text": r.Text(), "markdown": r.Markdown("pictures")} {
		for _, want := range []string{"80 MB", "20 % + 10 %", "2.00s", "proven: everything", "the simulator delivered 9", "accepted = stored"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", name, want, text)
			}
		}
	}
	if !strings.Contains(r.Text(), "xxxxxxxxxx") || !strings.Contains(r.Text(), "█") {
		t.Errorf("no picture in\n%s", r.Text())
	}
}

func TestAPictureIsSoundWhateverTheRunWas(t *testing.T) {
	for name, r := range map[string]*Result{"ten": tenOrders(), "nothing": {Profile: Profile{Name: "n", About: "n"}}} {
		parser := xml.NewDecoder(strings.NewReader(r.SVG()))
		for {
			_, err := parser.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v in\n%s", name, err, r.SVG())
			}
		}
		if strings.Contains(r.SVG(), "NaN") || strings.Contains(r.SVG(), "Inf") {
			t.Errorf("%s: a point that is none:\n%s", name, r.SVG())
		}
	}
}

func TestNumbersAreWrittenAsTheyAreRead(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := count(n); got != want {
			t.Errorf("%d is written %s", n, got)
		}
	}
	for d, want := range map[time.Duration]string{0: "–", 1500 * time.Microsecond: "2ms", 6530 * time.Millisecond: "6.53s", 90 * time.Second: "1m30s"} {
		if got := short(d); got != want {
			t.Errorf("%d is written %s, want %s", d, got, want)
		}
	}
	if got := byCode(map[string]int{"b": 2, "a": 1}); got != "3 (a 1, b 2)" {
		t.Errorf("by code: %s", got)
	}
}

func TestAProcessIsMeasuredWithWhatIsBelowIt(t *testing.T) {
	all := map[int]stat{1: {}, 10: {parent: 1}, 11: {parent: 10}, 12: {parent: 11}, 20: {parent: 1}}
	for pid, want := range map[int]bool{10: true, 11: true, 12: true, 20: false, 1: false} {
		if got := below(all, pid, 10); got != want {
			t.Errorf("below(%d, 10) is %v", pid, got)
		}
	}
	pid, s, ok := readStat("42 (a (b) c) S 7 0 0 0 0 0 0 0 0 0 150 50 20 10 0 0 0 0 0 0 2 0 0 0")
	if !ok || pid != 42 || s.parent != 7 || s.own != 2*time.Second || s.inherited != 300*time.Millisecond || s.resident != 2*int64(os.Getpagesize()) {
		t.Errorf("read %d %+v %v", pid, s, ok)
	}
	if m := ownProcess(t); m != nil {
		if r, err := m.Read(); err != nil || r.Memory <= 0 {
			t.Errorf("of this process: %+v %v", r, err)
		}
	}
}
