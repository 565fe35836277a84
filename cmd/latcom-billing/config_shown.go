package main

// The settings in force, as the back office shows them: no secret among them.

import (
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"time"

	"latcom.example/latcom-billing/handlers"
)

// shown lists every setting. Of a secret only whether it is set.
func (c config) shown() []handlers.Setting {
	var all []handlers.Setting
	for _, field := range reflect.VisibleFields(reflect.TypeFor[config]()) {
		name := field.Tag.Get("env")
		if name == "" {
			continue
		}
		value := reflect.ValueOf(c).FieldByIndex(field.Index)
		s := handlers.Setting{Name: name, Value: written(value), Usual: field.Tag.Get("envDefault"), Later: field.Tag.Get("later") != ""}
		if _, is := value.Interface().(secret); is {
			s.Secret, s.Value, s.Set = true, "", !value.IsZero()
		} else {
			s.Set = s.Value != written(usual(field))
		}
		all = append(all, s)
	}
	return all
}

// usual is what a setting is when nobody sets it.
func usual(field reflect.StructField) reflect.Value {
	c, _ := readConfig(map[string]string{}, nil) // what is missing is no matter: only defaults are asked
	return reflect.ValueOf(c).FieldByIndex(field.Index)
}

// written is a value as its setting is written.
func written(v reflect.Value) string {
	switch value := v.Interface().(type) {
	case time.Duration:
		text := value.String()
		text = strings.TrimSuffix(text, "0s") // 15m0s
		if text == "" || strings.HasSuffix(text, "m") || strings.HasSuffix(text, "h") {
			if value == 0 {
				return "0"
			}
			return text
		}
		return value.String()
	case networks:
		var each []string
		for _, network := range value {
			each = append(each, network.String())
		}
		return strings.Join(each, ",")
	case level:
		return strings.ToLower(slog.Level(value).String())
	}
	return fmt.Sprint(v.Interface())
}
