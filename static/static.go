// Package static embeds what the browser loads: the built stylesheet, our few scripts, the vendored ones, icons and
// fonts. It names each file by its content, so that it may be cached for ever, and holds a compressed copy of each that
// gets smaller by it; it does not know how they are served.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"path"
	"strings"
	"sync"
)

// Prefix is where the server mounts Files.
const Prefix = "/static/"

//go:embed app.css river.css app.js docs.js office.js theme.js icons.svg favicon.svg fonts/*.woff2 fonts/OFL.txt vendor
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

// compressed holds each file that gzip makes smaller by a tenth or more: fonts are packed already.
var compressed = sync.OnceValue(func() map[string][]byte {
	small := map[string][]byte{}
	for name := range versions() {
		content, err := Files.ReadFile(name)
		if err != nil {
			panic("static: reading the embedded files: " + err.Error())
		}
		if zipped := zip(content); len(zipped)*10 < len(content)*9 {
			small[name] = zipped
		}
	}
	return small
})

// zip works in memory, where nothing can fail.
func zip(content []byte) []byte {
	var to bytes.Buffer
	w, _ := gzip.NewWriterLevel(&to, gzip.BestCompression)
	_, _ = w.Write(content)
	_ = w.Close()
	return to.Bytes()
}

// Compressed is an embedded file as gzip writes it; nil where that does not pay, or there is no such file.
func Compressed(name string) []byte { return compressed()[name] }

// ContentType is what a file is, by the end of its name.
func ContentType(name string) string { return mime.TypeByExtension(path.Ext(name)) }

func version(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:6])
}
