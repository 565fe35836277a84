package main

// The demo's keys: made once, kept in DATA_DIR where only their owner reads
// them, and the same at every start. The database has hashes alone.

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/joho/godotenv"

	"latcom.example/latcom-billing/billing"
)

// access is everything that opens a door of the demo.
type access struct {
	adminKey, secretKey    secret
	apiKey, memberPassword secret
}

// testKey is the sandbox's. It follows from the secret key, so that folders of
// demos that know no sandbox yet have one too.
func (a access) testKey() string {
	sum := sha256.Sum256([]byte("the demo's key to the sandbox " + string(a.secretKey)))
	return billing.TestPrefix + base32.StdEncoding.EncodeToString(sum[:])[:32]
}

// accessFile is in the form of a .env file.
const accessFile = "demo.env"

func newAccess() access {
	key, _ := billing.NewSecretKey()
	return access{
		adminKey: secret(rand.Text()), secretKey: secret(rand.Text() + rand.Text()),
		apiKey: secret(key), memberPassword: secret(strings.ToLower(rand.Text()[:16])),
	}
}

// kept returns what dataDir keeps, or keeps a there.
func (a access) kept(dataDir string) (access, error) {
	path := filepath.Join(dataDir, accessFile)
	read, err := godotenv.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return a, a.keep(path)
	}
	found := access{
		adminKey: secret(read["ADMIN_KEY"]), secretKey: secret(read["SECRET_KEY"]),
		apiKey: secret(read["DEMO_API_KEY"]), memberPassword: secret(read["DEMO_MEMBER_PASSWORD"]),
	}
	if err != nil || found.adminKey == "" || len(found.secretKey) < 32 || len(found.apiKey) < 8 || found.memberPassword == "" {
		return a, fmt.Errorf("the keys of the demo in %s cannot be read: remove the file to have new ones", path)
	}
	return found, nil
}

// keep leaves the whole file or none.
func (a access) keep(path string) error {
	text := fmt.Sprintf("# Keys of latcom-billing demo. They open nothing but the demo.\nADMIN_KEY=%s\nSECRET_KEY=%s\nDEMO_API_KEY=%s\nDEMO_MEMBER_PASSWORD=%s\n",
		string(a.adminKey), string(a.secretKey), string(a.apiKey), string(a.memberPassword))
	begun, err := os.CreateTemp(filepath.Dir(path), accessFile+".*") // 0600
	if err != nil {
		return fmt.Errorf("keep the keys of the demo: %w", err)
	}
	_, err = begun.WriteString(text)
	if err = errors.Join(err, begun.Sync(), begun.Close()); err == nil {
		err = os.Rename(begun.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("keep the keys of the demo: %w", errors.Join(err, os.Remove(begun.Name())))
	}
	return nil
}
