package rig

// A reseller's program: orders top-ups and measures how long the answers take.

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"
)

// Client orders top-ups for one customer.
type Client struct {
	Address string
	Key     string
	HTTP    *http.Client
}

// NewClient keeps up to n connections alive.
func NewClient(address, key string, n int) *Client {
	return &Client{Address: address, Key: key, HTTP: &http.Client{
		Transport: &http.Transport{MaxIdleConnsPerHost: n, MaxConnsPerHost: n},
		Timeout:   90 * time.Second,
	}}
}

// Answer is what came back for one order.
type Answer struct {
	Code   int
	Status string
	Took   time.Duration
}

// Order asks for a top-up of 50 MXN and waits for its end.
func (c *Client) Order(ctx context.Context, reference, phone string) (Answer, error) {
	body, err := json.Marshal(map[string]string{"phone": phone, "amount": "50", "reference": reference})
	if err != nil {
		return Answer{}, fmt.Errorf("write an order: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Address+"/api/v1/topups", bytes.NewReader(body))
	if err != nil {
		return Answer{}, fmt.Errorf("write an order: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.Key)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Prefer", "wait=60")
	begun := time.Now()
	res, err := c.HTTP.Do(req)
	if err != nil {
		return Answer{}, fmt.Errorf("order %s: %w", reference, err)
	}
	defer res.Body.Close()
	var topUp struct {
		Status string `json:"status"`
	}
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return Answer{}, fmt.Errorf("order %s: %w", reference, err)
	}
	a := Answer{Code: res.StatusCode, Took: time.Since(begun)}
	if err := json.Unmarshal(text, &topUp); err == nil {
		a.Status = topUp.Status
	}
	return a, nil
}

// Percentile reads the p-th percentile (0…1) of what took how long; it sorts.
func Percentile(took []time.Duration, p float64) time.Duration {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[min(len(took)-1, int(p*float64(len(took))))]
}
