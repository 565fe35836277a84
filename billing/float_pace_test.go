package billing

import (
	"testing"
	"time"
)

func TestTheFloatsLevelGoesByTheShorterRunway(t *testing.T) {
	for name, tt := range map[string]struct {
		left, hour, day string
		told, want      FloatLevel
	}{
		"plenty":                            {"100000", "100", "2400", "", FloatGood},
		"nothing is taken":                  {"30", "0", "0", "", FloatGood},
		"a busy hour":                       {"1000", "100", "240", "", FloatLow},
		"a quiet night after a busy day":    {"1000", "1", "2000", "", FloatLow},
		"less than 4 hours":                 {"399", "100", "240", "", FloatShort},
		"not even the smallest order":       {"19.99", "0", "0", "", FloatEmpty},
		"less than nothing":                 {"-1", "0", "0", "", FloatEmpty},
		"just above, told already":          {"2500", "100", "240", FloatLow, FloatLow},
		"just above, never told":            {"2500", "100", "240", "", FloatGood},
		"a quarter above":                   {"3000", "100", "240", FloatLow, FloatGood},
		"short was told, a little above":    {"450", "100", "240", FloatShort, FloatShort},
		"short was told, a quarter above":   {"500", "100", "240", FloatShort, FloatLow},
		"low was told, and it became short": {"399", "100", "240", FloatLow, FloatShort},
	} {
		f := Float{Known: true, Balance: MustMXN(tt.left)}
		got := f.Level(FloatPace{LastHour: MustMXN(tt.hour), LastDay: MustMXN(tt.day)}, MustMXN("20"), tt.told)
		if got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
	if got := (Float{Balance: MustMXN("-50")}).Level(FloatPace{}, MustMXN("20"), ""); got != FloatGood {
		t.Errorf("a float that is not known is %s", got)
	}
}

func TestTheFloatLastsByTheHourElseByTheDay(t *testing.T) {
	left := MustMXN("480")
	for name, tt := range map[string]struct {
		hour, day               string
		present, usual, shorter time.Duration
	}{
		"both":            {"100", "240", 4*time.Hour + 48*time.Minute, 48 * time.Hour, 4*time.Hour + 48*time.Minute},
		"a quiet hour":    {"1", "240", 480 * time.Hour, 48 * time.Hour, 48 * time.Hour},
		"none in an hour": {"0", "240", 48 * time.Hour, 48 * time.Hour, 48 * time.Hour},
		"none at all":     {"0", "0", NoRunway, NoRunway, NoRunway},
	} {
		p := FloatPace{LastHour: MustMXN(tt.hour), LastDay: MustMXN(tt.day)}
		if p.Present(left) != tt.present || p.Usual(left) != tt.usual || p.Shortest(left) != tt.shorter {
			t.Errorf("%s: %s, %s, %s", name, p.Present(left), p.Usual(left), p.Shortest(left))
		}
	}
	if p := (FloatPace{LastHour: MustMXN("5")}); p.Present(MXN{}) != 0 || p.Shortest(MustMXN("-1")) != 0 {
		t.Error("nothing left lasts")
	}
}
