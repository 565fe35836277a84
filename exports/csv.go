package exports

// CSV as RFC 4180 says: UTF-8 without a byte order mark, lines end in CR LF.

import (
	"bufio"
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
	c.scratch = c.scratch[:0]
	return c.head()
}

// Row writes one row.
func (c *csvWriter) Row(cells [][]byte) error {
	if err := c.begin(); err != nil {
		return err
	}
	c.scratch = c.scratch[:0]
	for i, col := range c.columns {
		if i > 0 {
			c.scratch = append(c.scratch, ',')
		}
		switch cell := cells[col.from]; col.kind {
		case id:
			c.scratch = appendTopUpID(c.scratch, cell)
		case text:
			c.scratch = appendCell(c.scratch, billing.SafeCell(cell))
		case number, moment: // of the database's making: digits and signs
			c.scratch = append(c.scratch, cell...)
		default:
			c.scratch = appendCell(c.scratch, cell)
		}
	}
	return c.end()
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

// head writes the names of the columns.
func (c *csvWriter) head() error {
	for i, col := range c.columns {
		if i > 0 {
			c.scratch = append(c.scratch, ',')
		}
		c.scratch = append(c.scratch, col.head...)
	}
	return c.end()
}

func (c *csvWriter) end() error {
	c.scratch = append(c.scratch, '\r', '\n')
	if _, err := c.w.Write(c.scratch); err != nil {
		return fmt.Errorf("write a row of a CSV file: %w", err)
	}
	return nil
}

// appendCell quotes what would not come back as it is.
func appendCell(to, cell []byte) []byte {
	if !needsQuotes(cell) {
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

var quoted = [256]bool{',': true, '"': true, '\r': true, '\n': true}

func needsQuotes(cell []byte) bool {
	for _, b := range cell {
		if quoted[b] {
			return true
		}
	}
	return len(cell) > 0 && (cell[0] == ' ' || cell[len(cell)-1] == ' ')
}

// appendTopUpID writes an id as everybody else does. What is none stays as it is.
func appendTopUpID(to, cell []byte) []byte {
	parsed, err := uuid.ParseBytes(cell)
	if err != nil {
		return append(to, cell...)
	}
	to, _ = billing.TopUpID{UUID: parsed}.AppendText(to) // it has no way to fail
	return to
}
