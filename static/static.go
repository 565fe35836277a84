// Package static embeds what the browser loads: the built stylesheet, our few scripts, the vendored ones, icons and
// fonts. It names each file by its content, so that it may be cached for ever; it does not know how it is served.
package static

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"strings"
	"sync"
)

// Prefix is where the server mounts Files.
const Prefix = "/static/"

//go:embed app.css app.js theme.js icons.svg favicon.svg fonts/*.woff2 fonts/OFL.txt vendor
var Files embed.FS

var versions = sync.OnceValue(func() map[string]string {
	found := map[string]string{}
	err := fs.WalkDir(Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := Files.ReadFile(name)
		found[name] = version(content)
		return err
	})
	if err != nil {
		panic("static: reading the embedded files: " + err.Error())
	}
	return found
})

// Path is the URL of an embedded file, with the hash of its content. A name that is not embedded panics: it is a
// mistake in our own templates, which the first test that renders the page finds.
func Path(name string) string {
	version, ok := versions()[name]
	if !ok {
		panic("static: no file " + name)
	}
	return Prefix + name + "?v=" + version
}

// Current says whether v is the version of the file as embedded: only then may the answer be cached as immutable.
func Current(name, v string) bool {
	version, ok := versions()[strings.TrimPrefix(name, "/")]
	return ok && v == version
}

func version(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:6])
}
