package views

// The words of an export: what was asked for, how far it is, what became of it.

import (
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

func (p Exports) followed(e billing.Export) templ.Attributes {
	if !e.Open() {
		return nil
	}
	return reads(p.Paths.One(e.ID.String()), "export-"+e.ID.String(), "every 1s")
}

// filter is what was asked for, as the search line writes it.
func (p Exports) filter(e billing.Export) string {
	typed, err := url.ParseQuery(e.Query)
	if err != nil || len(typed) == 0 {
		return p.T("every top-up")
	}
	return TopUpFilter{Typed: typed}.text()
}

func formatWord(f billing.ExportFormat) string {
	if f == billing.FormatXLSX {
		return "XLSX"
	}
	return "CSV"
}

func (p Exports) badge(e billing.Export) ui.Badge {
	switch {
	case e.State == billing.ExportWaiting:
		return ui.Badge{Tone: "queued", Icon: "circle-dashed", Text: p.T("Waiting")}
	case e.State == billing.ExportRunning:
		return ui.Badge{Tone: "sending", Icon: "loader-circle", Text: p.T("In the making"), Spin: true}
	case e.State == billing.ExportFailed:
		return ui.Badge{Tone: "failed", Icon: "circle-x", Text: p.T("Failed|file"), Fill: true}
	case e.State == billing.ExportCancelled:
		return ui.Badge{Tone: "queued", Icon: "circle-x", Text: p.T("Cancelled")}
	case e.HasFile(p.Now):
		return ui.Badge{Tone: "succeeded", Icon: "circle-check", Text: p.T("Ready")}
	}
	return ui.Badge{Tone: "queued", Icon: "clock", Text: p.T("Expired")}
}

func (p Exports) failure(e billing.Export) string {
	switch e.Failure {
	case "disk full":
		return p.T("The server’s disk is full. Tell whoever runs it, then ask for the file again.")
	case "folder":
		return p.T("The server cannot write to its folder for files. Tell whoever runs it, then ask for the file again.")
	}
	return p.T("It is our fault and was logged. Ask for the file again.")
}

func addedUp(totals []billing.ExportTotal) (rows int64, amount billing.MXN, charged billing.USD) {
	for _, total := range totals {
		rows, amount, charged = rows+total.Rows, amount.Add(total.Amount), charged.Add(total.Charged)
	}
	return rows, amount, charged
}

func (p Exports) duration(e billing.Export) string {
	if e.StartedAt == nil || e.FinishedAt == nil {
		return Nothing
	}
	return p.Duration(e.FinishedAt.Sub(*e.StartedAt).Round(time.Millisecond))
}

// size is a file's in the unit that reads best.
func size(bytes int64) string {
	switch {
	case bytes < 10_000:
		return WithUnit(Integer(int(bytes)), "B")
	case bytes < 10_000_000:
		return WithUnit(Integer(int((bytes+500)/1000)), "kB")
	}
	return WithUnit(Integer(int(bytes/1_000_000))+"."+strconv.FormatInt(bytes/100_000%10, 10), "MB")
}
