package views

var spanishTopUps = map[string]string{}
