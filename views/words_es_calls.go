package views

// Products of a customer, and the calls about products, quotes, statements and batches.
var spanishCalls = map[string]string{
	// products of a customer
	"Choose at least one product": "Elige al menos un producto",
	"Choose products of the list": "Elige productos de la lista",
	"An order goes out as the fixed product of exactly its amount if that is chosen here, else as the open range. Fixed products may lie outside the range.": "Un pedido sale como el producto fijo de exactamente su monto si está elegido aquí; si no, como el rango abierto. Los productos fijos pueden estar fuera del rango.",
	"With amount_out_of_range: the fixed amounts that you may order besides, in MXN.":                                                                        "Con amount_out_of_range: los montos fijos que además puedes pedir, en MXN.",
	"An amount is one of these: %s MXN":                       "Un monto es uno de estos: %s MXN",
	"An amount is from %s to %s MXN, or one of these: %s MXN": "Un monto va de %s a %s MXN, o es uno de estos: %s MXN",
}
