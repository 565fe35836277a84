package latcom

// What a text speaks of, in English and Spanish. Each list errs towards doubt:
// an unknown costs an operator a look, a wrong refusal costs a top-up.

import (
	"regexp"
	"strings"
)

var (
	// aDuplicate: this dist_transid, or this order, was there before.
	aDuplicate = regexp.MustCompile(`duplic|repetid[oa]|already|\bya\b`)
	// aDelay: it may still be delivered.
	aDelay = regexp.MustCompile(`pending|pendiente|processing|procesando|procesamiento|` +
		`in ?process\b|en ?proceso\b|in ?progress|en ?progreso|en curso|` +
		`time ?out|timed ?out|tiempo agotado|tiempo de espera|tiempo excedido|agotado el tiempo|tiempo limite`)
	// addressRefused: the caller's IP address is not on Latcom's list.
	addressRefused = regexp.MustCompile(`\bip\b|ip address|direccion ip`)
	// ours: the float, the product, the address list, our credentials.
	ours = regexp.MustCompile(`insufficient|insuficiente|\bfloat\b|saldo|balance|fondos|\bfunds\b|` +
		`product|\bsku\b|ip address|direccion ip|not authorized|unauthorized|no autorizad|credential|credencial`)
	// theNumber: the phone that was to be topped up.
	theNumber = regexp.MustCompile(`number|msisdn|subscriber|suscriptor|destination|destino|` +
		`numero|telefono|phone|\blinea\b`)
)

var plainLetters = strings.NewReplacer(
	"á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ü", "u", "ñ", "n",
	"\u0301", "", "\u0303", "", "\u0308", "", // accents written as characters of their own
	"_", " ", "-", " ", "\u00a0", " ",
)

// plain is a text in small letters without accents, its words parted by one space.
func plain(text string) string {
	return strings.Join(strings.Fields(plainLetters.Replace(strings.ToLower(text))), " ")
}
