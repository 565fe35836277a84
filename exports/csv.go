package exports

// CSV as RFC 4180 says: UTF-8 without a byte order mark, lines end in CR LF.

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
)

const bufferSize = 64 << 10

type csvWriter struct {
	open    func() io.Writer
	columns []column
	w       *bufio.Writer
	scratch []byte
}

func (c *csvWriter) begin() error {
	if c.w != nil {
		return nil
	}
	c.w = bufio.NewWriterSize(c.open(), bufferSize)
	return c.line(func(_ int, col column) []byte { return []byte(col.head) })
}

// Row writes one row.
func (c *csvWriter) Row(cells [][]byte) error {
	if err := c.begin(); err != nil {
		return err
	}
	return c.line(func(_ int, col column) []byte {
		cell := cells[col.from]
		switch col.kind {
		case id:
			return topUpID(cell)
		case text:
			return billing.SafeCell(cell)
		default:
			return cell
		}
	})
}

// Close writes what is left.
func (c *csvWriter) Close() error {
	if err := c.begin(); err != nil {
		return err
	}
	if err := c.w.Flush(); err != nil {
		return fmt.Errorf("write a CSV file: %w", err)
	}
	return nil
}

func (c *csvWriter) line(cell func(int, column) []byte) error {
	c.scratch = c.scratch[:0]
	for i, col := range c.columns {
		if i > 0 {
			c.scratch = append(c.scratch, ',')
		}
		c.scratch = appendCell(c.scratch, cell(i, col))
	}
	c.scratch = append(c.scratch, '\r', '\n')
	if _, err := c.w.Write(c.scratch); err != nil {
		return fmt.Errorf("write a row of a CSV file: %w", err)
	}
	return nil
}

// appendCell quotes what would not come back as it is.
func appendCell(to, cell []byte) []byte {
	if !bytes.ContainsAny(cell, ",\"\r\n") && !bytes.HasPrefix(cell, []byte(" ")) && !bytes.HasSuffix(cell, []byte(" ")) {
		return append(to, cell...)
	}
	to = append(to, '"')
	for _, b := range cell {
		if b == '"' {
			to = append(to, '"')
		}
		to = append(to, b)
	}
	return append(to, '"')
}

// topUpID writes an id as everybody else does. What is none stays as it is.
func topUpID(cell []byte) []byte {
	parsed, err := uuid.ParseBytes(cell)
	if err != nil {
		return cell
	}
	return []byte(billing.TopUpID{UUID: parsed}.String())
}
