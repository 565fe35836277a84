package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// sound are settings with nothing wrong.
func sound() map[string]string {
	return map[string]string{
		"DATABASE_URL": "postgres://billing:" + hidden[0] + "@db.example/billing", "SECRET_KEY": hidden[1], "ADMIN_KEY": hidden[2],
		"LATCOM_BASE_URL": "https://latcom.example", "LATCOM_USERNAME": hidden[3], "LATCOM_PASSWORD": hidden[4],
		"LATCOM_DIST_API": hidden[5], "LATCOM_USER_UID": hidden[6], "METRICS_TOKEN": hidden[7], "SMTP_URL": "smtp://x:" + hidden[8] + "@mail.example",
	}
}

// hidden must never be seen anywhere.
var hidden = []string{
	"hush-database", "hush-secret-key-of-32-bytes-or-more", "hush-admin-key-of-16", "hush-username", "hush-password", "hush-dist-api", "hush-user-uid",
	"hush-metrics-token", "hush-smtp",
}

func sees(t *testing.T, what, text string) {
	t.Helper()
	for _, secret := range hidden {
		if strings.Contains(text, secret) {
			t.Errorf("%s shows %s", what, secret)
		}
	}
}

func TestSettingsHaveTheirDefaults(t *testing.T) {
	c, err := readConfig(sound(), nil)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(c.Port, c.MaxConns, c.MinConns, c.LatcomTimeout, c.Grace, c.Concurrency, c.TokenTTL, c.StatusInquiry, c.RetryWindow,
		c.MaxWait, c.ApprovalLimit, c.MinAmount, c.MaxAmount, c.FirstRate, c.zone, c.Workers, c.Web, slog.Level(c.LogLevel), c.simulates())
	want := "8080 20 5 1m30s 45s 50 4m0s false 2m0s 15m0s 1000.0000 20.00 200.00 18.0000 America/Mexico_City true true INFO false"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestEachWrongSettingHasALineWithItsProblemAndItsFix(t *testing.T) {
	for _, test := range []struct{ name, value, problem, fix string }{
		{"PORT", "abc", `"abc" cannot be read`, "a number from 1 to 65535"},
		{"PORT", "70000", "70000 is not a port", "a number from 1 to 65535"},
		{"BASE_URL", "billing.example.com", "not an address of the web", "https://billing.example.com"},
		{"SMTP_URL", "mail.example:587", "not an address such as", "smtp://user:password@host:587"},
		{"DATABASE_URL", "", "not set", "the word embedded"},
		{"DATABASE_URL", "mysql://x:hush-database@y/z", "not an address of a PostgreSQL", "postgres://"},
		{"DATABASE_URL", "postgres://x:hush-database@y:port/z", "not an address of a PostgreSQL", "postgres://"},
		{"DATABASE_DIRECT_URL", "db.example", "not an address of a PostgreSQL", "without a pooler"},
		{"DB_MAX_CONNS", "1", "1 connections will not do", "from 4 to 1000"},
		{"DB_MAX_CONNS", "many", `"many" cannot be read`, "from 4 to 1000"},
		{"DB_MIN_CONNS", "21", "21 is not between 0 and DB_MAX_CONNS", "up to DB_MAX_CONNS"},
		{"ADMIN_KEY", "hush-admin", "shorter than 16 characters", "16 characters or more"},
		{"SECRET_KEY", "", "not set", "32 bytes or more"},
		{"SECRET_KEY", "hush", "it has 4 bytes, 32 are needed", "32 bytes or more"},
		{"SECRET_KEY_OLD", "hush", "shorter than 32 bytes", "or nothing"},
		{"TRUSTED_PROXIES", "10.0.0.0/8,proxy", `"10.0.0.0/8,proxy" cannot be read`, "such as 10.0.0.0/8"},
		{"LATCOM_BASE_URL", "", "not set", "the word simulator"},
		{"LATCOM_BASE_URL", "http://latcom.example", "not https", "the provider's address"},
		{"LATCOM_BASE_URL", "https://x:hush-password@latcom.example", "not an address with a host", "the provider's address"},
		{"LATCOM_BASE_URL", "simulated", "not an address with a host", "the word simulator"},
		{"LATCOM_USERNAME", "", "not set, and the provider is a live one", "what the provider gave you"},
		{"LATCOM_PASSWORD", "", "not set, and the provider is a live one", "what the provider gave you"},
		{"LATCOM_DIST_API", "", "not set, and the provider is a live one", "what the provider gave you"},
		{"LATCOM_USER_UID", "", "not set, and the provider is a live one", "what the provider gave you"},
		{"LATCOM_TIMEOUT", "90", `"90" cannot be read`, "such as 90s"},
		{"LATCOM_TIMEOUT", "0", "0s is not above zero", "such as 90s"},
		{"LATCOM_TOKEN_TTL", "-1m", "-1m0s is not above zero", "such as 4m"},
		{"LATCOM_CONCURRENCY", "0", "0 requests at once will not do", "from 1 to 5000"},
		{"LATCOM_STATUS_INQUIRY", "maybe", `"maybe" cannot be read`, "true or false"},
		{"SHUTDOWN_GRACE", "-1s", "-1s is below zero", "such as 45s"},
		{"TOPUP_RETRY_WINDOW", "-1s", "-1s is below zero", "such as 2m"},
		{"TOPUP_MAX_WAIT", "soon", `"soon" cannot be read`, "such as 15m"},
		{"APPROVAL_LIMIT_USD", "-1", "-1.0000 is below zero", "zero (off) or more"},
		{"APPROVAL_LIMIT_USD", "1e3", `"1e3" cannot be read`, "zero (off) or more"},
		{"TOPUP_MIN_MXN", "0", "0.00 is not above zero", "such as 20"},
		{"TOPUP_MIN_MXN", "20.001", `"20.001" cannot be read`, "such as 20"},
		{"TOPUP_MAX_MXN", "19", "19.00 is below TOPUP_MIN_MXN, 20.00", "not below TOPUP_MIN_MXN"},
		{"MXN_PER_USD", "0", `"0" cannot be read`, "such as 18.00"},
		{"TIMEZONE", "Mexico", `"Mexico" is not a time zone`, "America/Mexico_City"},
		{"WORKERS", "2", `"2" cannot be read`, "true or false"},
		{"LOG_FORMAT", "xml", `"xml" is not a format`, "text or json"},
		{"LOG_LEVEL", "loud", `"loud" cannot be read`, "debug, info, warn or error"},
	} {
		raw := sound()
		if raw[test.name] = test.value; test.value == "" {
			delete(raw, test.name) // as settings() does
		}
		_, err := readConfig(raw, nil)
		if err == nil {
			t.Errorf("%s=%q is taken", test.name, test.value)
			continue
		}
		lines := strings.Split(err.Error(), "\n")
		if len(lines) != 2 || !strings.HasPrefix(lines[1], "  "+test.name+": ") || !strings.Contains(lines[1], test.problem) || !strings.Contains(lines[1], test.fix) {
			t.Errorf("%s=%q: %s", test.name, test.value, err)
		}
		sees(t, test.name, err.Error())
	}
}

func TestAllWrongSettingsAreListedAtOnce(t *testing.T) {
	_, err := readConfig(map[string]string{"PORT": "x", "WEB": "x", "WORKERS": "x", "TIMEZONE": "x", "LOG_LEVEL": "x", "LATCOM_TIMEOUT": "x"}, nil)
	for _, name := range []string{"PORT", "WEB", "WORKERS", "TIMEZONE", "LOG_LEVEL", "LATCOM_TIMEOUT", "DATABASE_URL", "SECRET_KEY", "LATCOM_BASE_URL"} {
		if err == nil || strings.Count(err.Error(), "  "+name+": ") != 1 {
			t.Errorf("%s is not listed once in %v", name, err)
		}
	}
}

func TestSettingsThatAreSoundInOtherWays(t *testing.T) {
	for _, set := range []map[string]string{
		{"DATABASE_URL": "embedded"},
		{"DATABASE_URL": "host=/run/postgresql dbname=billing"},
		{"LATCOM_BASE_URL": "simulator", "LATCOM_USERNAME": "", "LATCOM_PASSWORD": "", "LATCOM_DIST_API": "", "LATCOM_USER_UID": ""},
		{"LATCOM_BASE_URL": "http://127.0.0.1:9090", "LATCOM_USERNAME": ""},
		{"TRUSTED_PROXIES": "10.0.0.0/8, 192.0.2.7,::1"},
		{"TOPUP_MAX_WAIT": "0", "APPROVAL_LIMIT_USD": "0", "SHUTDOWN_GRACE": "0s"},
		{"LOG_LEVEL": "DEBUG", "LOG_FORMAT": "json", "WEB": "false"},
	} {
		raw := sound()
		maps.Copy(raw, set)
		if _, err := readConfig(raw, nil); err != nil {
			t.Errorf("%v: %v", set, err)
		}
	}
}

func TestACommandComplainsOnlyAboutTheSettingsThatItReads(t *testing.T) {
	raw := map[string]string{"DATABASE_URL": "embedded", "PORT": "x"}
	if _, err := readConfig(raw, databaseOnly); err != nil {
		t.Error(err)
	}
	if _, err := readConfig(map[string]string{}, databaseOnly); err == nil || !strings.Contains(err.Error(), "DATABASE_URL") {
		t.Errorf("without DATABASE_URL: %v", err)
	}
}

func TestNoSettingShowsASecretWhateverPrintsIt(t *testing.T) {
	c, err := readConfig(sound(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var logged strings.Builder
	slog.New(slog.NewTextHandler(&logged, nil)).Info("settings", "config", c, "key", c.SecretKey)
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	sees(t, "the log", logged.String())
	sees(t, "JSON", string(asJSON))
	sees(t, "%v", fmt.Sprintf("%v %+v %#v %s %q", c, c, c, c.SecretKey, c.AdminKey))
	if c.LatcomPassword != secret(hidden[4]) {
		t.Error("the secret itself is lost")
	}
}

func TestEverySettingIsUsed(t *testing.T) {
	c, err := readConfig(sound(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, setting := range c.shown() {
		if setting.Later {
			t.Errorf("%s is read and not used", setting.Name)
		}
	}
}

func TestAnAddressThatIsNoRedissStopsTheStart(t *testing.T) {
	raw := sound()
	maps.Copy(raw, map[string]string{"REDIS_URL": "redis.example:6379"})
	if _, err := readConfig(raw, nil); err == nil || !strings.Contains(err.Error(), "REDIS_URL: it is not an address of a Redis. Use redis://") {
		t.Errorf("got %v", err)
	}
}

func TestTheEnvironmentWinsOverTheFile(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("PORT", "1111")
	t.Setenv("TIMEZONE", "")
	if err := os.WriteFile(".env", []byte("PORT=2222\nDB_MAX_CONNS=7\nTIMEZONE=UTC\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	raw, err := settings()
	if err != nil {
		t.Fatal(err)
	}
	if raw["PORT"] != "1111" || raw["DB_MAX_CONNS"] != "7" || raw["TIMEZONE"] != "" {
		t.Errorf("PORT=%s DB_MAX_CONNS=%s TIMEZONE=%s", raw["PORT"], raw["DB_MAX_CONNS"], raw["TIMEZONE"])
	}
}

func TestABrokenFileOfSettingsIsNotRepeated(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile(".env", []byte("SECRET-KEY "+hidden[1]+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := settings()
	if err == nil || !strings.Contains(err.Error(), ".env") {
		t.Fatalf("settings: %v", err)
	}
	sees(t, "the error", err.Error())
}

func TestALatencyIsOneDurationOrTwo(t *testing.T) {
	for text, want := range map[string]latency{
		"6s-7s": {6 * time.Second, 7 * time.Second}, "250ms": {250 * time.Millisecond, 250 * time.Millisecond}, "0s": {0, 1},
	} {
		var l latency
		if err := l.UnmarshalText([]byte(text)); err != nil || l != want {
			t.Errorf("%s: %v, %v", text, l, err)
		}
	}
	for _, text := range []string{"", "7s-6s", "-1s", "6", "6s-", "a-b"} {
		if err := new(latency).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestTheKeysOfADemoAreMadeOnceAndReadByTheirOwnerAlone(t *testing.T) {
	dir := t.TempDir()
	first, err := newAccess().kept(dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := newAccess().kept(dir)
	if err != nil || again != first {
		t.Errorf("the second start has other keys: %v", err)
	}
	info, err := os.Stat(filepath.Join(dir, accessFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(filepath.Join(dir, accessFile), []byte("ADMIN_KEY=x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := newAccess().kept(dir); err == nil {
		t.Error("half a file is taken")
	}
}
