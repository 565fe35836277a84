//go:build !linux

package torture

import "errors"

func mountSmall(string, int) (func() error, error) { return nil, errors.New("it takes Linux") }

func fill(string) error { return errors.New("it takes Linux") }
