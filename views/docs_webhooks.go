package views

// Webhooks in the documentation: what they say, how they are verified, what to answer.

import "latcom.example/latcom-billing/billing"

// WebhookSample is code that verifies a webhook, for a reader's own program. Tests run each one.
type WebhookSample struct{ Language, Code string }

// WebhookSamples are in the languages of the examples.
var WebhookSamples = []WebhookSample{
	{"Go", goWebhook}, {"Python", pythonWebhook}, {"JavaScript", javaScriptWebhook},
}

const goWebhook = `// VerifyWebhook says whether a request came from us. body is as it was read, byte by byte.
func VerifyWebhook(secret string, h http.Header, body []byte) error {
	id, sent := h.Get("webhook-id"), h.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(sent, 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > 5*time.Minute {
		return errors.New("webhook: the timestamp is too far from now")
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + sent + "."))
	mac.Write(body)
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for _, given := range strings.Split(h.Get("webhook-signature"), " ") {
		if hmac.Equal([]byte(given), []byte(want)) {
			return nil
		}
	}
	return errors.New("webhook: the signature is wrong")
}`

const pythonWebhook = `import base64, hashlib, hmac, time

def verify_webhook(secret, headers, body):
    """headers: names in lower case; body: the bytes as they were read. Raises ValueError."""
    event, sent = headers["webhook-id"], headers["webhook-timestamp"]
    if abs(time.time() - int(sent)) > 300:
        raise ValueError("webhook: the timestamp is too far from now")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{event}.{sent}.".encode() + body
    want = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    if not any(hmac.compare_digest(given, want) for given in headers["webhook-signature"].split(" ")):
        raise ValueError("webhook: the signature is wrong")`

const javaScriptWebhook = `import { createHmac, timingSafeEqual } from "node:crypto";

// headers: names in lower case; body: the bytes as they were read. Throws.
export function verifyWebhook(secret, headers, body) {
  const { "webhook-id": event, "webhook-timestamp": sent, "webhook-signature": given } = headers;
  if (!(Math.abs(Date.now() / 1000 - Number(sent)) <= 300)) throw new Error("webhook: the timestamp is too far from now");
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const mac = createHmac("sha256", key).update(event + "." + sent + ".").update(body).digest("base64");
  const want = Buffer.from("v1," + mac);
  const same = (text) => Buffer.byteLength(text) === want.length && timingSafeEqual(Buffer.from(text), want);
  if (!given.split(" ").some(same)) throw new Error("webhook: the signature is wrong");
}`

// webhookFields are those of the body.
func webhookFields() []DocsField {
	return []DocsField{
		{Name: "type", Text: Term("What happened.")},
		{Name: "timestamp", Text: Term("When it happened.")},
		{Name: "data.id", Text: Term("The top-up’s id.")},
		{Name: "data.reference", Text: Term("Your reference.")},
		{Name: "data.status", Text: Term("succeeded, failed, unknown or reversed.")},
		{Name: "data.sequence", Text: Term("1, 2, 3 without a gap, in the order of the top-up’s states. Keep the highest that you saw.")},
		{Name: "data.failure_code", Text: Term("Why it failed; null when it did not.")},
	}
}

// webhookEvents are the events with their words.
func webhookEvents() []DocsField {
	data := map[billing.EventType]string{
		billing.EventBalanceLow:     Term("data: available, threshold, currency. Once each time that available falls below your low threshold."),
		billing.EventCreditAdjusted: Term("data: id, amount, reason, available, currency. A deposit, a fee, a correction: each one that is posted."),
	}
	words := map[billing.EventType]string{
		billing.EventTopUpSucceeded: Term("Delivered and charged, once."),
		billing.EventTopUpFailed:    Term("Certainly not delivered, nothing charged; failure_code says why."),
		billing.EventTopUpUnknown:   Term("Nobody knows yet. topup.succeeded or topup.failed follows, after minutes or days."),
		billing.EventTopUpReversed:  Term("A delivered top-up was given back; its price is on your balance again."),
	}
	var fields []DocsField
	for _, event := range billing.EventTypes() {
		text := words[event]
		if text == "" {
			text = data[event]
		}
		fields = append(fields, DocsField{Name: string(event), Text: text})
	}
	return append(fields, DocsField{Name: string(billing.EventTest), Text: Term("Somebody pressed “Send a test event”. Nothing happened.")})
}

// webhookRules are what a receiver has to do.
func (d APIDocs) webhookRules() [][3]string {
	return [][3]string{
		{d.T("The same webhook-id again"), d.T("It is the same event: an answer of yours was lost, or somebody sent it again."), d.T("Answer 2xx and do nothing else.")},
		{d.T("A lower sequence than you have seen of this top-up"), d.T("Events can overtake each other on their way. sequence counts 1, 2, 3 without a gap."), d.T("Answer 2xx and keep the higher one.")},
		{d.T("A wrong signature, or an old timestamp"), d.T("It did not come from us, or it was held up."), d.T("Answer 401 and do nothing. What is ours comes again.")},
		{d.T("No webhook at all"), d.T("Your program may have been away for longer than we try."), d.T("Read GET /api/v1/topups/{id}: it is always right. Or send what failed again, in your dashboard.")},
	}
}

// webhookAnswers are what an answer does.
func (d APIDocs) webhookAnswers() []DocsField {
	return []DocsField{
		{Name: "2xx", Text: Term("Delivered. The body is not looked at.")},
		{Name: "410", Text: Term("Nothing more is sent to this address until you switch it on again.")},
		{Name: "429, 503", Text: Term("Tried again, not before the seconds that Retry-After says.")},
		{Name: "3xx", Text: Term("A failure. Redirects are not followed.")},
		{Name: d.T("anything else"), Text: Term("A failure, and so is no answer within 15 seconds.")},
	}
}
