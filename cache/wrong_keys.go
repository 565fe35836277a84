package cache

// Wrong keys counted over all instances, by the network that they came from. Each
// instance counts for itself as well: without Redis that is what remains.

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

// wrongKey moves the moment at which all wrong keys are forgotten by ARGV[1]
// microseconds, and answers how far ahead it is.
var wrongKey = redis.NewScript(`
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local at = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) + ARGV[1]
if tonumber(ARGV[1]) > 0 then
  redis.call('SET', KEYS[1], string.format('%.0f', at), 'PX', math.ceil((at - now) / 1000))
end
return at - now`)

// WrongKey counts a wrong key of a network, which takes so long to be forgotten, or
// with 0 only looks. It says when all of them will be; 0 without Redis.
func (c *Cache) WrongKey(ctx context.Context, network string, forgotten time.Duration) (ahead time.Duration) {
	if !c.redis.up() {
		return 0
	}
	c.redis.ask(ctx, func(ctx context.Context) error {
		micro, err := wrongKey.Run(ctx, c.redis.client, []string{c.redis.space + "wrong:" + network}, forgotten.Microseconds()).Int64()
		ahead = time.Duration(micro) * time.Microsecond
		return err
	})
	return ahead
}
