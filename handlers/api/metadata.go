package api

// Metadata: an object of the reseller's that is kept and given back.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// What metadata may be: small, flat enough, and nothing that the database would
// refuse or blow up.
const (
	metadataBytes = 4 << 10
	metadataKeys  = 50
	metadataDepth = 5
	longestNumber = 40
)

var errTooDeep = fmt.Errorf("may have %d levels at most", metadataDepth)

// parseMetadata returns the object as it is kept, or nil for null.
func parseMetadata(value json.RawMessage) (json.RawMessage, error) {
	if string(value) == "null" {
		return nil, nil
	}
	if value[0] != '{' {
		return nil, errors.New("must be an object or null")
	}
	if len(value) > metadataBytes {
		return nil, fmt.Errorf("may have %d bytes at most", metadataBytes)
	}
	keys := 0
	if err := checkMetadata(value, 1, &keys); err != nil {
		return nil, err
	}
	// Written anew: broken surrogates, which the database refuses, become U+FFFD.
	d := json.NewDecoder(bytes.NewReader(value))
	d.UseNumber()
	var object map[string]any
	if err := d.Decode(&object); err != nil {
		return nil, errors.New("cannot be read")
	}
	return json.Marshal(object)
}

// checkMetadata looks at one value of valid JSON and all that is in it.
func checkMetadata(value json.RawMessage, depth int, keys *int) error {
	switch value[0] {
	case '{':
		return checkObject(value, depth, keys)
	case '[':
		var items []json.RawMessage
		if err := json.Unmarshal(value, &items); err != nil {
			return errors.New("cannot be read")
		}
		if depth > metadataDepth {
			return errTooDeep
		}
		for _, item := range items {
			if err := checkMetadata(item, depth+1, keys); err != nil {
				return err
			}
		}
		return nil
	case '"':
		text, _ := field{value: value}.text()
		return checkText(text)
	case 't', 'f', 'n':
		return nil
	default:
		return checkNumber(string(value))
	}
}

func checkObject(value json.RawMessage, depth int, keys *int) error {
	if depth > metadataDepth {
		return errTooDeep
	}
	fields, _ := fieldsOf(value)
	seen := map[string]bool{}
	for _, f := range fields {
		if *keys++; *keys > metadataKeys {
			return fmt.Errorf("may have %d keys at most", metadataKeys)
		}
		if seen[f.name] {
			return fmt.Errorf("has the key %.64q twice", f.name)
		}
		seen[f.name] = true
		if err := checkText(f.name); err != nil {
			return err
		}
		if err := checkMetadata(f.value, depth+1, keys); err != nil {
			return err
		}
	}
	return nil
}

// checkText: Postgres keeps no NUL.
func checkText(s string) error {
	if strings.ContainsRune(s, 0) {
		return errors.New(`may not contain \u0000`)
	}
	return nil
}

// checkNumber refuses numbers that are short to write and long to keep: 1e100000.
func checkNumber(number string) error {
	exponent := 0
	if at := strings.IndexAny(number, "eE"); at >= 0 {
		n, err := strconv.Atoi(number[at+1:])
		if err != nil {
			n = longestNumber + 1
		}
		exponent = max(n, -n)
	}
	if len(number) > longestNumber || exponent > longestNumber {
		return fmt.Errorf("has a number of more than %d digits; send it as a string", longestNumber)
	}
	return nil
}
