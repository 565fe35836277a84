package main

// Webhooks: who carries them, on the engine's own client of the queue.

import (
	"context"
	"log/slog"

	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/telemetry"
	"latcom.example/latcom-billing/topup"
	"latcom.example/latcom-billing/webhooks"
)

func (c config) courier(books *store.Store, recorder *telemetry.Recorder, log *slog.Logger) (*webhooks.Courier, error) {
	return webhooks.New(books, log, webhooks.Options{
		SecretKey: string(c.SecretKey), SecretKeyOld: string(c.SecretKeyOld), AllowPrivate: c.allowPrivateWebhooks,
		Sender: countedSender{webhooks.NewHTTPSender(webhooks.HTTPOptions{AllowPrivate: c.allowPrivateWebhooks}), recorder},
	})
}

func beside(courier *webhooks.Courier) topup.Beside {
	return topup.Beside{Queue: store.WebhookQueue, Workers: webhooks.Workers, Poll: webhooks.Poll, Register: courier.Register}
}

// countedSender counts what comes of requests to webhooks.
type countedSender struct {
	webhooks.Sender
	recorder *telemetry.Recorder
}

// Send sends one message and counts what came of it.
func (s countedSender) Send(ctx context.Context, m webhooks.Message) webhooks.Answer {
	a := s.Sender.Send(ctx, m)
	s.recorder.WebhookTried(a.Problem == "" && a.Status >= 200 && a.Status < 300)
	return a
}
