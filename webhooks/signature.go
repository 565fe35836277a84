package webhooks

// Secrets and signatures after Standard Webhooks 1.0.

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// secretPrefix tells such a secret from others.
const secretPrefix = "whsec_"

// NewSecret makes a secret: 256 random bits, as customers' libraries read them.
func NewSecret() string {
	key := make([]byte, 32)
	rand.Read(key) // it never fails
	return secretPrefix + base64.StdEncoding.EncodeToString(key)
}

// Sign signs a message with each secret, the present one first.
func Sign(secrets []string, id string, at time.Time, body string) (string, error) {
	signatures := make([]string, len(secrets))
	for i, secret := range secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretPrefix))
		if err != nil {
			return "", fmt.Errorf("read the secret of an endpoint: %w", err)
		}
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "." + body))
		signatures[i] = "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	return strings.Join(signatures, " "), nil
}

// purposeOf ties a sealed secret to its endpoint.
func purposeOf(id fmt.Stringer) string { return "secret of webhook endpoint " + id.String() }

// secretsOf opens the secrets that sign now. What the old key opened is sealed again.
func (c *Courier) secretsOf(ctx context.Context, d store.DueDelivery) ([]string, error) {
	sealed := [][]byte{d.Secret}
	if d.OldSecret != nil {
		sealed = append(sealed, d.OldSecret)
	}
	secrets, again := make([]string, len(sealed)), make([][]byte, len(sealed))
	stale := false
	for i := range sealed {
		plain, old, err := c.box.Open(purposeOf(d.EndpointID), sealed[i])
		if err != nil {
			return nil, err
		}
		stale = stale || old
		secrets[i], again[i] = string(plain), c.box.Seal(purposeOf(d.EndpointID), plain)
	}
	if !stale {
		return secrets, nil
	}
	before, after := billing.WebhookEndpoint{ID: d.EndpointID, Secret: d.Secret, OldSecret: d.OldSecret}, billing.WebhookEndpoint{Secret: again[0]}
	if d.OldSecret != nil {
		after.OldSecret = again[1]
	}
	return secrets, c.store.ResealWebhookSecrets(ctx, before, after)
}
