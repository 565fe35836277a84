package cache

// Requests counted in Redis, over all instances and by its clock, as store.TakeTurn
// counts them in the database.

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// takeTurn moves a limit's moment (GCRA) by the time of one request, and not beyond
// that of the whole quota; times are microseconds. Every quota counts as used up at
// the moment "since": when Redis was last told so, or when it forgot, as an empty
// one did. A limit whose time of one request is 0 is none. What its key refuses
// takes nothing from the customer.
var takeTurn = redis.NewScript(`
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local since = tonumber(redis.call('GET', KEYS[1]))
if not since then
  since = now
  redis.call('SET', KEYS[1], string.format('%.0f', since))
end
local take = ARGV[1] == '1'
local function turn(name, one, all)
  local at = math.max(tonumber(redis.call('GET', name) or '0'), since + all, now)
  local allowed = at + one <= now + all + 10
  if allowed and take then
    at = at + one
    redis.call('SET', name, string.format('%.0f', at), 'PX', math.ceil((at - now) / 1000) + 1000)
  end
  return allowed, at - now
end
local answer = {}
for i = 2, 3 do
  local one, all = tonumber(ARGV[2 * i - 2]), tonumber(ARGV[2 * i - 1])
  if one > 0 then
    local allowed, ahead = turn(KEYS[i], one, all)
    answer[#answer + 1] = i
    answer[#answer + 1] = allowed and 1 or 0
    answer[#answer + 1] = ahead
    if not allowed and take then break end
  end
end
return answer`)

func (s *shared) sinceName() string { return s.space + "turns:since" }

// useUp lets every quota count as used up when the return has settled.
func (s *shared) useUp(ctx context.Context) error {
	now, err := s.client.Time(ctx).Result()
	if err == nil {
		err = s.client.Set(ctx, s.sinceName(), now.Add(settling).UnixMicro(), 0).Err()
	}
	if err != nil {
		return fmt.Errorf("tell Redis that quotas are used up: %w", err)
	}
	return nil
}

// turns counts a request, or only looks; false: Redis is away, and nobody knows
// whether it counted.
func (s *shared) turns(ctx context.Context, l store.Limited, take bool) (turns []store.Turn, ok bool) {
	if !s.up() {
		return nil, false
	}
	names := []string{
		s.sinceName(), s.space + "turns:key:" + strconv.FormatInt(l.KeyID, 10), s.space + "turns:customer:" + strconv.FormatInt(l.CustomerID, 10),
	}
	what := 0
	if take {
		what = 1
	}
	of := func(limit billing.RequestLimit) (one, all int64) {
		return limit.Every().Microseconds(), limit.Every().Microseconds() * int64(limit.Quota())
	}
	one, all := of(l.Customer)
	oneOfKey, allOfKey := of(l.Key)
	ok = s.ask(ctx, func(ctx context.Context) error {
		answer, err := takeTurn.Run(ctx, s.client, names, what, oneOfKey, allOfKey, one, all).Int64Slice()
		for ; err == nil && len(answer) >= 3; answer = answer[3:] {
			turns = append(turns, store.Turn{Limit: limitNames[answer[0]], Allowed: answer[1] == 1, Ahead: (time.Duration(answer[2]) * time.Microsecond).Seconds()})
		}
		return err
	})
	return turns, ok
}

// limitNames are the limits by the places of their names in the script.
var limitNames = map[int64]string{2: store.TurnOfKey, 3: store.TurnOfCustomer}
