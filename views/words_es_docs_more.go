package views

// The documentation's chapters on quotes, batches and the guard against a second press.
var spanishDocsMore = map[string]string{
	"Prices that hold": "Precios que se mantienen",

	"A price follows the exchange rate. Where you show it to somebody before he orders, take a quote: POST /api/v1/quotes holds price, rate and discount for 10 minutes. Order with its id as quote, once; the amount has to be the quote's.": "Un precio sigue al tipo de cambio. Donde lo muestres a alguien antes de que pida, toma una cotización: POST /api/v1/quotes mantiene precio, tipo de cambio y descuento durante 10 minutos. Pide con su id en quote, una sola vez; el monto tiene que ser el de la cotización.",

	"Order at the price of a quote": "Pedir al precio de una cotización",

	"Or say with max_price, in USD, what you would pay at most: when the price is above it, the answer is price_changed with the price of today, and nothing was accepted. A repeated order is answered before either is looked at.": "O di con max_price, en USD, cuánto pagarías como máximo: si el precio lo supera, la respuesta es price_changed con el precio de ahora y no se aceptó nada. Una orden repetida se responde antes de mirar cualquiera de los dos.",

	"Many orders at once": "Muchas órdenes a la vez",

	"POST /api/v1/topups/batch takes up to 1,000 orders in 1 MiB, each with a reference of its own, and answers 200 with a result for each, in your order: its status, and the top-up or the problem that it would have had alone. One that is wrong stops no other. Nothing waits for the carrier: read the final states later, or let webhooks tell you.": "POST /api/v1/topups/batch recibe hasta 1,000 órdenes en 1 MiB, cada una con su propia referencia, y responde 200 con un resultado para cada una, en tu orden: su estado, y la recarga o el problema que habría tenido sola. Una equivocada no detiene a ninguna otra. Nada espera a la operadora: lee los estados finales después, o deja que te los digan los webhooks.",

	"With \"dry_run\": true everything is checked and priced, and nothing is accepted. After a timeout send the same batch again: what was accepted is answered as it stands, the rest is accepted now.": "Con \"dry_run\": true todo se revisa y se cotiza, y no se acepta nada. Si se agota la espera, envía el mismo lote otra vez: lo aceptado se responde como está y el resto se acepta entonces.",

	"The same phone again": "El mismo teléfono otra vez",

	"Numbers are topped up twice within minutes by people who press again. References protect you from it where each press keeps its reference. If yours cannot, ask us for a guard: the same phone and amount within a window that you choose is answered with recently_topped_up, the earlier top-up, and an override. Show both to whoever ordered; if it is meant, send the order again with that override. It holds once, for 10 minutes.": "Hay números que se recargan dos veces en minutos porque alguien vuelve a presionar. Las referencias te protegen si cada intento conserva la suya. Si no puedes, pídenos una guarda: el mismo teléfono y monto dentro de una ventana que elijas se responde con recently_topped_up, la recarga anterior y un override. Muéstralos a quien pidió; si es a propósito, envía la orden otra vez con ese override. Sirve una vez, durante 10 minutos.",
}
