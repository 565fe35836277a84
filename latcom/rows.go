package latcom

// The rows of the outcome policy, each a sentence of contract §7.

import (
	"net/http"

	"latcom.example/latcom-billing/billing"
)

const (
	delivered = billing.OutcomeDelivered
	refused   = billing.OutcomeRefused
	notSent   = billing.OutcomeNotSent
	unknown   = billing.OutcomeUnknown

	nobody   = billing.FaultNone
	provider = billing.FaultProvider
	number   = billing.FaultNumber
	us       = billing.FaultUs
)

var table = policy{
	// An inquiry: only a 200 about our own order goes on to the answers below.
	{
		"inquiry.not_seen", unknown, nobody, "The inquiry does not know this order.", "La consulta no conoce esta orden.",
		func(s seen) bool { return s.inquiry != "" && s.got(http.StatusNotFound) },
	},
	{
		"inquiry.failed", unknown, provider, "The inquiry got no answer that decides.", "La consulta no obtuvo una respuesta que decida.",
		func(s seen) bool { return s.inquiry != "" && !s.got(http.StatusOK) },
	},
	{
		"inquiry.another", unknown, provider, "The inquiry answered about another order.", "La consulta respondió sobre otra orden.",
		func(s seen) bool { return s.aboutAnother() },
	},

	// Nothing was sent.
	{
		rowMalformed, notSent, us, "The order could not be written on Latcom's wire: a defect of ours.", "La orden no se pudo escribir para Latcom: un defecto nuestro.",
		func(s seen) bool { return s.malformed },
	},
	{
		rowLoginAddress, notSent, us, "Login refused: our IP address is not on Latcom's list.", "Acceso rechazado: nuestra dirección IP no está en la lista de Latcom.",
		func(s seen) bool { return s.loginRow(rowLoginAddress) },
	},
	{
		rowLoginRefused, notSent, us, "Login refused: Latcom does not accept our credentials.", "Acceso rechazado: Latcom no acepta nuestras credenciales.",
		func(s seen) bool { return s.loginRow(rowLoginRefused) },
	},
	{
		rowLoginFailed, notSent, provider, "Login failed: Latcom could not be reached or gave no token.", "Falló el acceso: no se alcanzó a Latcom o no dio un token.",
		func(s seen) bool { return s.loginRow(rowLoginFailed) },
	},
	{
		rowCancelled, notSent, nobody, "Given up before a byte was sent.", "Abandonado antes de enviar un byte.",
		func(s seen) bool { return s.loginRow(rowCancelled) || s.before(EventCancelled) },
	},
	{
		"transport.held_back", notSent, us, "Held back before a byte was sent: this process had stood still.", "Retenida antes de enviar un byte: este proceso había estado detenido.",
		func(s seen) bool { return s.before(EventHeldBack) },
	},
	{
		"transport.refused", notSent, provider, "Latcom refused the connection.", "Latcom rechazó la conexión.",
		func(s seen) bool { return s.before(EventRefused) },
	},
	{
		"transport.dns", notSent, provider, "Latcom's name was not found (DNS).", "No se encontró el nombre de Latcom (DNS).",
		func(s seen) bool { return s.before(EventDNS) },
	},
	{
		"transport.tls", notSent, provider, "No trusted TLS connection to Latcom.", "Sin conexión TLS confiable con Latcom.",
		func(s seen) bool { return s.before(EventTLS) },
	},
	{
		"transport.unreachable", notSent, provider, "Latcom could not be reached.", "No se pudo alcanzar a Latcom.",
		func(s seen) bool { return s.before(EventUnreachable) },
	},
	{
		"transport.timeout_before", notSent, provider, "The time was up before a byte was sent.", "Se acabó el tiempo antes de enviar un byte.",
		func(s seen) bool { return s.before(EventTimeout) },
	},
	{
		"transport.lost_before", notSent, provider, "The connection was lost before a byte was sent.", "La conexión se perdió antes de enviar un byte.",
		func(s seen) bool { return s.before(EventLost) },
	},

	// Something was sent, and no whole answer came.
	{
		"transport.cancelled_after", unknown, nobody, "Given up while Latcom had the order.", "Abandonado cuando Latcom ya tenía la orden.",
		func(s seen) bool { return s.event == EventCancelled },
	},
	{
		"transport.timeout_after", unknown, provider, "Latcom had the order and did not answer in time.", "Latcom tenía la orden y no respondió a tiempo.",
		func(s seen) bool { return s.event == EventTimeout },
	},
	{
		"transport.lost_after", unknown, provider, "The connection was lost after the order was sent.", "La conexión se perdió después de enviar la orden.",
		func(s seen) bool { return s.event == EventLost },
	},
	{
		"answer.cut", unknown, provider, "The answer was cut.", "La respuesta llegó cortada.",
		func(s seen) bool { return s.event == EventCut },
	},
	{
		"answer.too_large", unknown, provider, "The answer was larger than any known one.", "La respuesta era mayor que cualquiera conocida.",
		func(s seen) bool { return s.event == EventTooLarge },
	},

	// A whole answer, by its HTTP status.
	{
		"answer.duplicate", unknown, provider, "Latcom speaks of a duplicate: an earlier try may have been delivered.", "Latcom habla de un duplicado: un intento anterior pudo entregarse.",
		func(s seen) bool { return s.answered() && aDuplicate.MatchString(s.words) },
	},
	{
		rowUnauthorizedTwice, notSent, us, "Latcom refused two fresh logins in a row (401).", "Latcom rechazó dos accesos nuevos seguidos (401).",
		func(s seen) bool { return s.second && s.atTheDoor(http.StatusUnauthorized) },
	},
	{
		rowUnauthorized, notSent, nobody, "The login had ended (401); nothing was done.", "El acceso había terminado (401); no se hizo nada.",
		func(s seen) bool { return s.atTheDoor(http.StatusUnauthorized) },
	},
	{
		"answer.unauthorized_late", unknown, provider, "A 401 that came late or with a transaction id.", "Un 401 tardío o con id de transacción.",
		func(s seen) bool { return s.got(http.StatusUnauthorized) },
	},
	{
		"answer.throttled", notSent, provider, "Latcom asks us to slow down (429).", "Latcom pide ir más despacio (429).",
		func(s seen) bool { return s.atTheDoor(http.StatusTooManyRequests) },
	},
	{
		"answer.throttled_late", unknown, provider, "A 429 that came late or with a transaction id.", "Un 429 tardío o con id de transacción.",
		func(s seen) bool { return s.got(http.StatusTooManyRequests) },
	},
	{
		"answer.conflict", unknown, provider, "A conflict (409): the order may be there already.", "Un conflicto (409): la orden quizá ya existe.",
		func(s seen) bool { return s.got(http.StatusConflict) },
	},
	{
		"answer.request_timeout", unknown, provider, "Latcom gave up waiting (408).", "Latcom dejó de esperar (408).",
		func(s seen) bool { return s.got(http.StatusRequestTimeout) },
	},
	{
		"answer.too_early", unknown, provider, "Latcom says too early (425).", "Latcom dice demasiado pronto (425).",
		func(s seen) bool { return s.got(http.StatusTooEarly) },
	},
	{
		"answer.redirect", unknown, provider, "A redirect, not followed.", "Una redirección, no seguida.",
		func(s seen) bool { return s.between(300, 399) },
	},
	{
		"answer.server_error", unknown, provider, "Latcom failed with the order in hand (5xx).", "Latcom falló con la orden en la mano (5xx).",
		func(s seen) bool { return s.between(500, 599) },
	},

	// 200, by what it says.
	{
		"answer.unreadable", unknown, provider, "An answer that cannot be read.", "Una respuesta que no se puede leer.",
		func(s seen) bool { return s.got(http.StatusOK) && s.unreadable != nil },
	},
	{
		"answer.success", delivered, nobody, "Delivered.", "Entregada.",
		func(s seen) bool { return s.says("success") && s.fields.codeIsZero() },
	},
	{
		rowOtherCode, unknown, provider, "Success, with a vendor code other than 0.", "Éxito, con un código de proveedor distinto de 0.",
		func(s seen) bool { return s.says("success") },
	},
	{
		"answer.fail_not_ended", unknown, provider, "A failure that has not ended (endedAt is null).", "Un fallo que no ha terminado (endedAt es nulo).",
		func(s seen) bool { return s.failed() && s.fields.isNull("endedAt") },
	},
	{
		"answer.fail_with_carrier_id", unknown, provider, "A failure with an id of the carrier.", "Un fallo con id de la operadora.",
		func(s seen) bool { return s.failed() && !s.fields.blank("venTransid") },
	},
	{
		"answer.fail_delayed", unknown, provider, "A failure whose text speaks of a delay or a timeout.", "Un fallo cuyo texto habla de demora o de tiempo agotado.",
		func(s seen) bool { return s.failed() && aDelay.MatchString(s.words) },
	},
	{
		"answer.refused_product", refused, us, "Refused: Latcom does not know the product (-120054).", "Rechazada: Latcom no conoce el producto (-120054).",
		func(s seen) bool { return s.failed() && s.code(codeProduct) },
	},
	{
		rowUnlisted + "_us", refused, us, "Refused with a code nobody has classified; by its text our own fault (float, product, access).", "Rechazada con un código sin clasificar; según el texto, por nuestra causa (fondo, producto, acceso).",
		func(s seen) bool { return s.failed() && s.aboutUs() },
	},
	{
		rowUnlisted + "_number", refused, number, "Refused with a code nobody has classified; by its text because of the number.", "Rechazada con un código sin clasificar; según el texto, por el número.",
		func(s seen) bool { return s.failed() && s.aboutNumber() },
	},
	{
		rowUnlisted, refused, provider, "Refused with a code nobody has classified.", "Rechazada con un código sin clasificar.",
		func(s seen) bool { return s.failed() },
	},
	{
		rowOtherStatus, unknown, provider, "An answer with another status than success or fail.", "Una respuesta con un status distinto de success o fail.",
		func(s seen) bool { return s.got(http.StatusOK) },
	},

	// Other 4xx.
	{
		"answer.error_doubtful", unknown, provider, "An error that shows signs that the order goes on.", "Un error con señales de que la orden sigue.",
		func(s seen) bool { return s.refusedWithError() && s.doubtful() },
	},
	{
		"answer.error_us", refused, us, "Refused with an error; by its text our own fault (float, product, access).", "Rechazada con un error; según el texto, por nuestra causa (fondo, producto, acceso).",
		func(s seen) bool { return s.refusedWithError() && s.aboutUs() },
	},
	{
		"answer.error_number", refused, number, "Refused with an error; by its text because of the number.", "Rechazada con un error; según el texto, por el número.",
		func(s seen) bool { return s.refusedWithError() && s.aboutNumber() },
	},
	{
		"answer.error", refused, provider, "Refused with an error.", "Rechazada con un error.",
		func(s seen) bool { return s.refusedWithError() },
	},
	{
		rowBare, unknown, provider, "A 4xx that says no error.", "Un 4xx que no dice ningún error.",
		func(s seen) bool { return s.between(400, 499) },
	},

	{
		rowUnclassified, unknown, provider, "An answer nobody has classified.", "Una respuesta que nadie ha clasificado.",
		func(seen) bool { return true },
	},
}
