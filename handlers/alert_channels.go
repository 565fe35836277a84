package handlers

// Where alerts go: list, form, test, thresholds; what to do about which alert.

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

const noticesShown = 30

// alertRoutes are the alerts', their channels' and their help's. Every operator may
// look; who manages changes.
func (s *Site) alertRoutes(admin *echo.Group) {
	manage := may(billing.Role.MayManage)
	admin.GET(views.AlertsPath, s.listAlerts)
	admin.GET(views.AlertChannelsPath, s.listAlertChannels)
	admin.POST(views.AlertChannelsPath, s.makeAlertChannel, manage)
	admin.GET(views.NewAlertChannelPath, s.newAlertChannel, manage)
	admin.GET(views.AlertChannelPath(":id"), s.editAlertChannel, manage)
	admin.POST(views.AlertChannelPath(":id"), s.changeAlertChannel, manage)
	admin.POST(views.AlertChannelSwitchPath(":id"), s.switchAlertChannel, manage)
	admin.GET(views.AlertChannelRemovalPath(":id"), s.askAlertChannelRemoval, manage)
	admin.POST(views.AlertChannelRemovalPath(":id"), s.removeAlertChannel, manage)
	admin.POST(views.AlertChannelTestPath(":id"), s.testAlertChannel, manage)
	admin.POST(views.AlertThresholdsPath, s.setAlertThresholds, manage)
	admin.GET(views.AlertHelpListPath, s.listAlertHelp)
	admin.GET(views.AlertHelpRoute, s.showAlertHelp)
	admin.POST(views.CustomerWatchPath(":code"), s.setCustomerWatch, manage)
}

func (s *Site) listAlertChannels(c echo.Context) error {
	t, err := s.Store.AlertThresholds(c.Request().Context())
	if err != nil {
		return err
	}
	return s.renderAlertChannels(c, http.StatusOK, views.ThresholdsFormOf(t))
}

func (s *Site) renderAlertChannels(c echo.Context, status int, form views.ThresholdsForm) (err error) {
	ctx := c.Request().Context()
	p := views.AlertChannels{Thresholds: form, MayManage: operator(c).Role.MayManage(), CanMail: s.Messenger.CanMail()}
	if p.Channels, err = s.Store.AlertChannels(ctx); err != nil {
		return err
	}
	lines, err := s.Store.LatestNotices(ctx, noticesShown)
	if err != nil {
		return err
	}
	for _, l := range lines {
		p.Notices = append(p.Notices, views.AlertNotice{
			Kind: l.Kind, Message: l.Message, State: l.State, Problem: l.Problem, To: l.To, ToMember: l.ToMember, At: l.CreatedAt,
		})
	}
	if p.Frame, err = s.adminFrame(c, s.reader(c).T("Alert channels"), views.AlertsPath); err != nil {
		return err
	}
	p.Here = views.AlertChannelsPath
	return render(c, status, views.AlertChannelsPage(p))
}

// alertChannel is the one that the address names.
func (s *Site) alertChannel(c echo.Context) (billing.AlertChannel, error) {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return billing.AlertChannel{}, billing.ErrNotFound
	}
	return s.Store.AlertChannel(c.Request().Context(), id)
}

func (s *Site) newAlertChannel(c echo.Context) error {
	return s.renderAlertChannel(c, http.StatusOK, views.ChannelForm{
		ID: uuid.NewString(), Kind: billing.ChannelEmail, Least: string(billing.SeverityWarning), Customers: true,
		Language: string(s.reader(c).Language), Quiet: strconv.Itoa(billing.UsualQuiet),
	})
}

func (s *Site) renderAlertChannel(c echo.Context, status int, form views.ChannelForm) (err error) {
	r := s.reader(c)
	title := r.T("Add a channel")
	if form.Existing {
		title = r.T("Change the channel")
	}
	if form.Frame, err = s.adminFrame(c, title, views.AlertsPath); err != nil {
		return err
	}
	form.Private = s.Messenger.AllowsPrivate()
	return render(c, status, views.ChannelFormPage(form))
}

// typedChannel fills a form with what was typed; what is secret is not shown again.
func typedChannel(c echo.Context, form *views.ChannelForm) billing.ChannelInput {
	form.Name, form.MailTo = typedText(c.FormValue("name")), strings.TrimSpace(c.FormValue("mail_to"))
	form.Least, form.Language, form.Quiet = c.FormValue("least"), c.FormValue("language"), strings.TrimSpace(c.FormValue("quiet"))
	form.Customers = c.FormValue("customers") == "true"
	quiet, err := strconv.Atoi(strings.ReplaceAll(form.Quiet, ",", ""))
	if err != nil {
		quiet = -1 // which Check refuses
	}
	in := billing.ChannelInput{
		Kind: form.Kind, Name: form.Name, Least: billing.Severity(form.Least), Customers: form.Customers, Language: form.Language, QuietMinutes: quiet,
	}
	if form.Kind == billing.ChannelEmail {
		in.MailTo = strings.FieldsFunc(form.MailTo, func(r rune) bool { return strings.ContainsRune(" \t\r\n,;", r) })
	} else {
		in.Address = strings.TrimSpace(c.FormValue("address"))
	}
	if form.Kind == billing.ChannelWebhook {
		in.Secret = strings.TrimSpace(c.FormValue("secret"))
	}
	return in
}

func (s *Site) makeAlertChannel(c echo.Context) error {
	r := s.reader(c)
	form := views.ChannelForm{ID: c.FormValue("id"), Kind: billing.ChannelKind(c.FormValue("kind"))}
	in := typedChannel(c, &form)
	id, err := uuid.Parse(form.ID)
	if err != nil {
		form.ID, form.Problems = uuid.NewString(), map[string]string{"": r.T("This form was open for too long. Send it again.")}
		return s.renderAlertChannel(c, http.StatusUnprocessableEntity, form)
	}
	err = s.Messenger.Make(c.Request().Context(), actor(c), id, in)
	if wrong := (billing.ValidationError{}); errors.As(err, &wrong) {
		form.Problems = fieldProblems(r, wrong)
		form.Address = in.Address
		return s.renderAlertChannel(c, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	return s.saidAt(c, views.AlertChannelsPath, ui.Toast{Head: r.T("The channel is added"), Text: r.T("Send it a test.")})
}

func (s *Site) editAlertChannel(c echo.Context) error {
	channel, err := s.alertChannel(c)
	if err != nil {
		return err
	}
	return s.renderAlertChannel(c, http.StatusOK, views.ChannelFormOf(channel))
}

func (s *Site) changeAlertChannel(c echo.Context) error {
	r := s.reader(c)
	channel, err := s.alertChannel(c)
	if err != nil {
		return err
	}
	form := views.ChannelFormOf(channel)
	in := typedChannel(c, &form)
	err = s.Messenger.Change(c.Request().Context(), actor(c), channel.ID, in)
	if wrong := (billing.ValidationError{}); errors.As(err, &wrong) {
		form.Problems = fieldProblems(r, wrong)
		form.Address = in.Address
		return s.renderAlertChannel(c, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	return s.saidAt(c, views.AlertChannelsPath, ui.Toast{Head: r.T("Saved"), Text: form.Name})
}

func (s *Site) switchAlertChannel(c echo.Context) error {
	r := s.reader(c)
	channel, err := s.alertChannel(c)
	if err != nil {
		return err
	}
	on := c.FormValue("on") == "true"
	if err := s.Messenger.Switch(c.Request().Context(), actor(c), channel.ID, on); err != nil {
		return err
	}
	said := ui.Toast{Head: r.T("Switched on"), Text: r.T("What is open now is said there, too.")}
	if !on {
		said = ui.Toast{Tone: "unknown", Icon: "pause", Head: r.T("Switched off"), Text: r.T("Nothing more is said there.")}
	}
	return s.saidAt(c, views.AlertChannelsPath, said)
}

func (s *Site) askAlertChannelRemoval(c echo.Context) error {
	channel, err := s.alertChannel(c)
	if err != nil {
		return err
	}
	form := views.ChannelFormOf(channel)
	if form.Frame, err = s.adminFrame(c, s.reader(c).T("Remove the channel?"), views.AlertsPath); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.ChannelRemovalPage(form))
}

// removeAlertChannel does nothing to one that is gone: a form that was sent twice.
func (s *Site) removeAlertChannel(c echo.Context) error {
	r := s.reader(c)
	channel, err := s.alertChannel(c)
	if err == nil {
		err = s.Messenger.Remove(c.Request().Context(), actor(c), channel.ID)
	}
	switch {
	case errors.Is(err, billing.ErrNotFound):
		return seeOther(c, views.AlertChannelsPath)
	case errors.Is(err, billing.ErrIllegalMove):
		return s.saidAt(c, views.AlertChannelsPath, ui.Toast{Tone: "unknown", Icon: "lock", Head: r.T("Nothing was changed"), Text: r.T("It ends when SLACK_WEBHOOK_URL is taken out of the environment.")})
	case err != nil:
		return err
	}
	return s.saidAt(c, views.AlertChannelsPath, ui.Toast{Tone: "unknown", Icon: "x", Head: r.T("The channel is removed"), Text: channel.Name})
}

// testAlertChannel waits for what the receiver says, and shows it.
func (s *Site) testAlertChannel(c echo.Context) error {
	r := s.reader(c)
	channel, err := s.alertChannel(c)
	if err != nil {
		return err
	}
	problem, err := s.Messenger.Test(c.Request().Context(), actor(c), channel.ID)
	if err != nil {
		return err
	}
	said := ui.Toast{Tone: "succeeded", Icon: "circle-check", Head: r.T("%s took the test", channel.Name), Text: r.T("Look whether it is there.")}
	if problem != "" {
		said = ui.Toast{Tone: "failed", Icon: "circle-x", Head: r.T("%s did not take the test", channel.Name), Text: problem}
	}
	return s.saidAt(c, views.AlertChannelsPath, said)
}

func (s *Site) setAlertThresholds(c echo.Context) error {
	r := s.reader(c)
	typed := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	form := views.ThresholdsForm{Success: typed("success"), Latency: typed("latency"), Queue: typed("queue"), Float: typed("float"), Disk: typed("disk")}
	whole := func(text string) int {
		n, err := strconv.Atoi(strings.ReplaceAll(text, ",", ""))
		if err != nil {
			return -1 // which Check refuses
		}
		return n
	}
	float, floatErr := billing.ParseMXN(strings.ReplaceAll(form.Float, ",", ""))
	t := billing.AlertThresholds{SuccessPercent: whole(form.Success), LatencySeconds: whole(form.Latency), QueueSeconds: whole(form.Queue), DiskPercent: whole(form.Disk), FloatBelow: float}
	wrong := billing.ValidationError{}
	err := t.Check()
	if !errors.As(err, &wrong) && floatErr == nil {
		err = s.Messenger.SetThresholds(c.Request().Context(), actor(c), t)
	}
	if floatErr != nil {
		wrong["float"] = "Write an amount of zero (off) or more"
	}
	if len(wrong) > 0 {
		form.Problems = fieldProblems(r, wrong)
		return s.renderAlertChannels(c, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	return s.saidAt(c, views.AlertChannelsPath, ui.Toast{Head: r.T("Saved"), Text: r.T("They hold from the next look on, within 10 seconds.")})
}

func (s *Site) listAlertHelp(c echo.Context) (err error) {
	h := views.AlertHelp{Kinds: billing.AlertKinds()}
	if h.Frame, err = s.adminFrame(c, s.reader(c).T("What to do about which alert"), views.AlertsPath); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.AlertHelpPage(h))
}

func (s *Site) showAlertHelp(c echo.Context) (err error) {
	kind := billing.AlertKind(c.Param("kind"))
	if !kind.Known() {
		return billing.ErrNotFound
	}
	h := views.AlertHelp{Kinds: []billing.AlertKind{kind}, One: true}
	if h.Frame, err = s.adminFrame(c, views.AlertName(s.reader(c), kind), views.AlertsPath); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.AlertHelpPage(h))
}
