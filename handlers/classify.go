package handlers

// Answers that nobody has classified: the list, the form about one, its review,
// and the second operator's word.

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

const topUpsOfShape = 10

// classifyRoutes are those of classifications. Everybody may look; finance and
// admin say what an answer means.
func (s *Site) classifyRoutes(admin *echo.Group) {
	money := may(billing.Role.MayMoveMoney)
	admin.GET(views.ClassificationsPath, s.listClassifications)
	admin.GET(views.NewClassificationPath, s.newClassification, money)
	admin.POST(views.NewClassificationPath, s.editClassification, money)
	admin.POST(views.ReviewClassificationsPath, s.reviewClassification, money)
	admin.POST(views.ClassificationsPath, s.recordClassification, money)
	admin.GET(views.ClassificationPath(":id"), s.showClassification)
	admin.POST(views.ClassificationPath(":id"), s.decideClassification, money)
}

func (s *Site) listClassifications(c echo.Context) error {
	ctx := c.Request().Context()
	open, err := s.Store.Unclassified(ctx)
	if err != nil {
		return err
	}
	l := views.Classifications{May: operator(c).Role.MayMoveMoney()}
	for _, u := range open {
		shape, err := billing.ParseShape(u.ShapeKey)
		if err != nil {
			return err
		}
		l.Open = append(l.Open, views.UnclassifiedAnswer{
			Shape: shape, Times: u.Times, Many: u.Times >= store.ManyTimes, First: u.First, Last: u.Last,
			Attempt: u.Example, TopUp: u.TopUpID.String(), Reason: u.Reason, Waiting: u.Waiting,
		})
	}
	if l.Recorded, err = s.Store.Classifications(ctx); err != nil {
		return err
	}
	if l.Frame, err = s.adminFrame(c, s.reader(c).T("Classifications"), views.ClassificationsPath); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.ClassificationsPage(l))
}

func (s *Site) newClassification(c echo.Context) error {
	page := views.Classify{Form: views.ClassifyForm{ID: uuid.NewString(), Attempt: c.QueryParam("attempt")}}
	return s.renderClassify(c, http.StatusOK, page)
}

// editClassification comes back from the review with what was typed.
func (s *Site) editClassification(c echo.Context) error {
	return s.renderClassify(c, http.StatusOK, views.Classify{Form: classifyForm(c)})
}

func classifyForm(c echo.Context) views.ClassifyForm {
	typed := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	return views.ClassifyForm{
		ID: typed("id"), Attempt: typed("attempt"), Outcome: typed("outcome"), Fault: typed("fault"),
		Note: strings.ReplaceAll(typed("note"), "\r\n", "\n"),
	}
}

// readAnswer adds the answer that the form is about. Its attempt is what the form
// says; one without a shape is nothing that anybody has to classify.
func (s *Site) readAnswer(c echo.Context, page *views.Classify) (store.AttemptExample, error) {
	ctx := c.Request().Context()
	id, err := strconv.ParseInt(page.Form.Attempt, 10, 64)
	if err != nil {
		return store.AttemptExample{}, echo.NewHTTPError(http.StatusBadRequest)
	}
	example, err := s.Store.AttemptExample(ctx, id)
	if err != nil {
		return example, err
	}
	var about billing.Classification
	if err := about.About(example.Attempt); err != nil {
		return example, err
	}
	if page.Shape, err = billing.ParseShape(about.ShapeKey); err != nil {
		return example, err
	}
	page.Reason, page.Wire = example.Reason, example.Response
	topUps, err := s.Store.TopUpsOfShape(ctx, about.ShapeKey, topUpsOfShape)
	for _, t := range topUps {
		page.TopUps = append(page.TopUps, views.ClassifiedTopUp{ID: t.ID.String(), Phone: string(t.Phone), Customer: t.CustomerName, Status: t.Status, At: t.At})
	}
	return example, err
}

func (s *Site) renderClassify(c echo.Context, status int, page views.Classify) error {
	if page.TopUps == nil {
		if _, err := s.readAnswer(c, &page); err != nil {
			return err
		}
	}
	f, err := s.adminFrame(c, s.reader(c).T("Classify this answer"), views.ClassificationsPath)
	if err != nil {
		return err
	}
	page.Frame = f
	if id, err := strconv.ParseInt(page.Form.Attempt, 10, 64); err == nil {
		page.Here = views.ClassifyPath(id)
	}
	return render(c, status, views.ClassifyPage(page))
}

// readClassification makes a classification of what was typed, or says what is
// wrong with it, by field.
func (s *Site) readClassification(c echo.Context, page *views.Classify) error {
	id, err := uuid.Parse(page.Form.ID)
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	example, err := s.readAnswer(c, page)
	if err != nil {
		return err
	}
	page.Proposal = billing.Classification{
		ID: id, Outcome: billing.Outcome(page.Form.Outcome), Fault: billing.Fault(page.Form.Fault), Note: page.Form.Note,
		ProposedBy: operator(c).ID,
	}
	if err := page.Proposal.About(example.Attempt); err != nil {
		return err
	}
	page.Problems = fieldProblems(s.reader(c), page.Proposal.Check())
	return nil
}

// reviewClassification shows what it says and to whom, before it is recorded.
func (s *Site) reviewClassification(c echo.Context) error {
	page := views.Classify{Form: classifyForm(c)}
	if err := s.readClassification(c, &page); err != nil {
		return err
	}
	if len(page.Problems) > 0 {
		return s.renderClassify(c, http.StatusUnprocessableEntity, page)
	}
	page.Sentences = s.saidOf(page.Proposal)
	var err error
	if page.Others, err = s.Store.SecondOperators(c.Request().Context(), operator(c).ID); err != nil {
		return err
	}
	if page.Frame, err = s.adminFrame(c, s.reader(c).T("Review the classification"), views.ClassificationsPath); err != nil {
		return err
	}
	page.Here = views.ClassifyPath(page.Proposal.ExampleID)
	return render(c, http.StatusOK, views.ClassifyReviewPage(page))
}

// saidOf is what a classification says to whom.
func (s *Site) saidOf(proposal billing.Classification) billing.Explanation {
	if s.Explain == nil {
		return billing.Explanation{}
	}
	said, _ := s.Explain(proposal.Row())
	return said
}

// recordClassification records it, or asks for the second operator's word.
func (s *Site) recordClassification(c echo.Context) error {
	page := views.Classify{Form: classifyForm(c)}
	if err := s.readClassification(c, &page); err != nil {
		return err
	}
	r := s.reader(c)
	var recorded billing.Classification
	var err error
	if len(page.Problems) == 0 {
		recorded, err = s.Engine.Classify(c.Request().Context(), actor(c), page.Proposal)
		page.Problems = fieldProblems(r, err)
		if errors.Is(err, billing.ErrTaken) {
			page.Form.ID = uuid.NewString()
			page.Problems[""] = r.T("This form was used before, or a proposal about such answers waits for a second operator. What you sent changed nothing.")
		}
	}
	if len(page.Problems) > 0 {
		return s.renderClassify(c, http.StatusUnprocessableEntity, page)
	}
	if err != nil {
		return err
	}
	toast := ui.Toast{Head: r.T("Recorded"), Text: r.T("It counts for later answers of this kind.")}
	if recorded.State == billing.ClassificationWaiting {
		toast = ui.Toast{Tone: "unknown", Icon: "hourglass", Head: r.T("Waits for a second operator"), Text: r.T("Until it is confirmed such answers are taken as before.")}
	}
	if err := s.say(c, toast); err != nil {
		return err
	}
	return seeOther(c, views.ClassificationPath(recorded.ID.String()))
}

func (s *Site) showClassification(c echo.Context) error {
	return s.renderClassification(c, http.StatusOK, views.ClassificationDetail{})
}

func (s *Site) renderClassification(c echo.Context, status int, d views.ClassificationDetail) error {
	ctx, me := c.Request().Context(), operator(c)
	id, err := requestID(c)
	if err != nil {
		return err
	}
	if d.Classification, err = s.Store.Classification(ctx, id); err != nil {
		return err
	}
	if d.Shape, err = billing.ParseShape(d.Classification.ShapeKey); err != nil {
		return err
	}
	example, err := s.Store.AttemptExample(ctx, d.Classification.ExampleID)
	if err != nil {
		return err
	}
	d.TopUp, d.Sentences = example.TopUpID.String(), s.saidOf(d.Classification)
	d.May, d.Own = me.Role.MayMoveMoney(), d.Classification.ProposedBy == me.ID
	if d.Others, err = s.Store.SecondOperators(ctx, d.Classification.ProposedBy); err != nil {
		return err
	}
	if d.Frame, err = s.adminFrame(c, s.reader(c).T("Classification"), views.ClassificationsPath); err != nil {
		return err
	}
	return render(c, status, views.ClassificationPage(d))
}

// decideClassification is the second operator's word: confirmed, or rejected with
// an objection.
func (s *Site) decideClassification(c echo.Context) error {
	id, err := requestID(c)
	if err != nil {
		return err
	}
	decision, r := c.FormValue("decision"), s.reader(c)
	if decision != "confirm" && decision != "reject" {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	d := views.ClassificationDetail{Objection: strings.TrimSpace(c.FormValue("objection"))}
	objection := d.Objection
	if decision == "confirm" {
		objection = ""
	}
	err = s.Engine.DecideClassification(c.Request().Context(), actor(c), id, decision == "confirm", objection)
	if d.Problems = fieldProblems(r, err); len(d.Problems) > 0 {
		return s.renderClassification(c, http.StatusUnprocessableEntity, d)
	}
	problem, lookErr := s.notTheSecond(c, err)
	if lookErr != nil {
		return lookErr
	}
	if d.Problem = problem; problem != "" {
		return s.renderClassification(c, http.StatusForbidden, d)
	}
	if errors.Is(err, billing.ErrAlreadyDecided) {
		d.Problem = r.T("It was decided before. Your decision changed nothing.")
		return s.renderClassification(c, http.StatusConflict, d)
	}
	if err != nil {
		return err
	}
	head := r.T("Confirmed for later answers")
	if decision == "reject" {
		head = r.T("Rejected: such answers are taken as before")
	}
	if err := s.say(c, ui.Toast{Head: head}); err != nil {
		return err
	}
	return seeOther(c, views.ClassificationPath(id.String()))
}
