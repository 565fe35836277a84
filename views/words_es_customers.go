package views

var spanishCustomers = map[string]string{}
