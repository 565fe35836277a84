package views

var spanishDocsWebhooks = map[string]string{
	"Instead of asking again and again you are told: when a top-up ends, when your credit runs low, when it is adjusted. Make a webhook in your dashboard: an address that begins with https://, the events, and a secret that is shown once. They follow Standard Webhooks 1.0, so its libraries verify them.": "En lugar de preguntar una y otra vez recibes un aviso: cuando termina una recarga, cuando queda poco saldo, cuando se ajusta. Crea un webhook en tu panel: una dirección que empieza con https://, los eventos y un secreto que se muestra una vez. Siguen Standard Webhooks 1.0, así que sus bibliotecas los verifican.",
	"A webhook": "Un webhook",
	"The body is thin on purpose: it says what happened to which top-up. Everything else is read with GET /api/v1/topups/{id}, which is always right and never late.": "El cuerpo es breve a propósito: dice qué pasó con qué recarga. Todo lo demás se lee con GET /api/v1/topups/{id}, que siempre es correcto y nunca llega tarde.",
	"Verify each one": "Verifica cada uno",
	"Anybody can send a request to your address. webhook-signature holds v1, and the HMAC-SHA256 of webhook-id.webhook-timestamp.body under your secret, in base64; two of them, with a space between, for 24 hours after you make a new secret. Verify the bytes as they came, before you parse them.": "Cualquiera puede enviar una petición a tu dirección. webhook-signature lleva v1, y el HMAC-SHA256 de webhook-id.webhook-timestamp.cuerpo con tu secreto, en base64; dos de ellos, separados por un espacio, durante 24 horas después de que creas un secreto nuevo. Verifica los bytes como llegaron, antes de interpretarlos.",
	"Twice, late, out of order": "Dos veces, tarde, en desorden",
	"Each event is delivered at least once: it is written down together with what happened, and sent until you answer.": "Cada evento se entrega al menos una vez: se anota junto con lo que pasó, y se envía hasta que respondes.",
	"What to do with each webhook": "Qué hacer con cada webhook",
	"What your answer does":        "Qué hace tu respuesta",
	"What fails is tried again after 5 seconds, 5 minutes, 30 minutes, 2, 5, 10, 14, 20 and 24 hours, each with up to a fifth more. Then it is given up, and your dashboard says so. The log there keeps each request with its answer for 30 days, and sends again what you choose, with the same webhook-id.": "Lo que falla se reintenta después de 5 segundos, 5 minutos, 30 minutos, 2, 5, 10, 14, 20 y 24 horas, cada vez con hasta un quinto más. Luego se abandona, y tu panel lo dice. El registro guarda ahí cada petición con su respuesta durante 30 días, y envía de nuevo lo que elijas, con el mismo webhook-id.",
	"In %s":                                   "En %s",
	"Fields of a webhook about a top-up":      "Campos de un webhook sobre una recarga",
	"When it happened.":                       "Cuándo pasó.",
	"The top-up’s id.":                        "El id de la recarga.",
	"Your reference.":                         "Tu referencia.",
	"succeeded, failed, unknown or reversed.": "succeeded, failed, unknown o reversed.",
	"1, 2, 3 without a gap, in the order of the top-up’s states. Keep the highest that you saw.": "1, 2, 3 sin huecos, en el orden de los estados de la recarga. Conserva la mayor que hayas visto.",
	"Why it failed; null when it did not.":                                                       "Por qué falló; null cuando no falló.",

	// events
	"data: available, threshold, currency. Once each time that available falls below your low threshold.":     "data: available, threshold, currency. Una vez por cada vez que lo disponible cae bajo tu umbral.",
	"data: id, amount, reason, available, currency. A deposit, a fee, a correction: each one that is posted.": "data: id, amount, reason, available, currency. Un depósito, una comisión, una corrección: cada uno que se registra.",
	"Certainly not delivered, nothing charged; failure_code says why.":                                        "Con certeza no se entregó y no se cobró nada; failure_code dice por qué.",
	"Nobody knows yet. topup.succeeded or topup.failed follows, after minutes or days.":                       "Aún nadie lo sabe. Sigue topup.succeeded o topup.failed, tras minutos o días.",
	"A delivered top-up was given back; its price is on your balance again.":                                  "Se devolvió una recarga entregada; su precio está de nuevo en tu saldo.",
	"Somebody pressed “Send a test event”. Nothing happened.":                                                 "Alguien presionó “Enviar un evento de prueba”. No pasó nada.",

	// rules
	"The same webhook-id again": "El mismo webhook-id otra vez",
	"It is the same event: an answer of yours was lost, or somebody sent it again.":       "Es el mismo evento: se perdió una respuesta tuya, o alguien lo envió de nuevo.",
	"Answer 2xx and do nothing else.":                                                     "Responde 2xx y no hagas nada más.",
	"A lower sequence than you have seen of this top-up":                                  "Una sequence menor que la que ya viste de esta recarga",
	"Events can overtake each other on their way. sequence counts 1, 2, 3 without a gap.": "Los eventos pueden rebasarse en el camino. sequence cuenta 1, 2, 3 sin huecos.",
	"Answer 2xx and keep the higher one.":                                                 "Responde 2xx y conserva la mayor.",
	"A wrong signature, or an old timestamp":                                              "Una firma incorrecta, o un timestamp viejo",
	"It did not come from us, or it was held up.":                                         "No vino de nosotros, o se retrasó.",
	"Answer 401 and do nothing. What is ours comes again.":                                "Responde 401 y no hagas nada. Lo nuestro vuelve a llegar.",
	"No webhook at all": "Ningún webhook",
	"Your program may have been away for longer than we try.":                                         "Tu programa pudo estar fuera más tiempo del que intentamos.",
	"Read GET /api/v1/topups/{id}: it is always right. Or send what failed again, in your dashboard.": "Lee GET /api/v1/topups/{id}: siempre es correcto. O envía de nuevo lo que falló, en tu panel.",

	// answers
	"Delivered. The body is not looked at.":                              "Entregado. El cuerpo no se mira.",
	"Nothing more is sent to this address until you switch it on again.": "No se envía nada más a esta dirección hasta que la enciendas de nuevo.",
	"Tried again, not before the seconds that Retry-After says.":         "Se reintenta, no antes de los segundos que dice Retry-After.",
	"A failure. Redirects are not followed.":                             "Una falla. No se siguen redirecciones.",
	"anything else":                                                      "cualquier otra cosa",
	"A failure, and so is no answer within 15 seconds.":                  "Una falla, y también lo es no responder en 15 segundos.",
}
