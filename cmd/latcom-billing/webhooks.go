package main

// Webhooks: who carries them, on the engine's own client of the queue.

import (
	"log/slog"

	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/topup"
	"latcom.example/latcom-billing/webhooks"
)

func (c config) courier(books *store.Store, log *slog.Logger) (*webhooks.Courier, error) {
	return webhooks.New(books, log, webhooks.Options{
		SecretKey: string(c.SecretKey), SecretKeyOld: string(c.SecretKeyOld), AllowPrivate: c.allowPrivateWebhooks,
	})
}

func beside(courier *webhooks.Courier) topup.Beside {
	return topup.Beside{Queue: store.WebhookQueue, Workers: webhooks.Workers, Poll: webhooks.Poll, Register: courier.Register}
}
