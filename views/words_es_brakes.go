package views

// Brakes and hands: pausing and resuming, cancelling, ordering for a customer.
var spanishBrakes = map[string]string{
	"Say in 1 to 200 characters why: resellers read it": "Di en 1 a 200 caracteres por qué: los revendedores lo leen",
	"Choose one product, one customer, or everything":   "Elige un producto, un cliente, o todo",
}
