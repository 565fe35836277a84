package views

var spanishOverview = map[string]string{}
