package history

// Who orders: three resellers, their programs and the people they sell to.

import (
	"context"
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// seller is a reseller and how it behaves.
type seller struct {
	code, name string
	share      float64 // of all top-ups
	discount   billing.Fraction
	areas      []string // whose phones it tops up
	address    string   // of its program: RFC 5737, nobody's
	reference  func(n int, local time.Time) string
	metadata   func(*rand.Rand) json.RawMessage

	// It pays deposit in when less than low is left, and in any case before
	// less than floor is.
	deposit, low, floor billing.USD
	grows               bool // low and floor grow through the first weeks

	account store.Account
	keyID   int64
	orders  int
	phones  int // how many it tops up
	quotes  map[string]billing.Quote
	today   string // local date, and
	ofToday int    // how many orders it has
}

// newSellers lists them. A deposit stays within what needs no second operator.
func newSellers() []*seller {
	usd := billing.MustUSD
	envia := &seller{
		code: "ENVIA", name: "EnviaDespensa", share: 0.68, discount: billing.MustFraction("0"), areas: []string{"55", "55", "55", "56", "33", "81", "222", "442", "722"},
		address: "203.0.113.12", deposit: usd("1000"), low: usd("6500"), floor: usd("5500"), grows: true,
	}
	envia.reference = func(_ int, local time.Time) string {
		if day := local.Format("20060102"); day != envia.today {
			envia.today, envia.ofToday = day, 0
		}
		envia.ofToday++
		return fmt.Sprintf("ED-%s-%06d", envia.today, envia.ofToday)
	}
	north := &seller{
		code: "RNORTE", name: "Recargas del Norte", share: 0.10, discount: billing.MustFraction("0"), areas: []string{"81", "81", "614", "656", "664", "844", "867"},
		address: "198.51.100.7", deposit: usd("500"), low: usd("260"), floor: usd("60"),
		reference: func(n int, _ time.Time) string { return fmt.Sprintf("RN.%d", 52000+n) },
	}
	mobile := &seller{
		code: "TMOVIL", name: "TiendaMóvil", share: 0.22, discount: billing.MustFraction("0.015"), areas: []string{"33", "33", "449", "477", "444", "998"},
		address: "192.0.2.44", deposit: usd("800"), low: usd("1900"), floor: usd("1300"), grows: true,
		reference: func(n int, _ time.Time) string { return fmt.Sprintf("tm:%d", 770000+n) },
	}
	shops := []string{"Centro", "Chapalita", "Providencia", "Tlaquepaque", "Zapopan"}
	mobile.metadata = func(random *rand.Rand) json.RawMessage {
		return json.RawMessage(`{"sucursal": "` + shops[random.IntN(len(shops))] + `"}`)
	}
	return []*seller{envia, north, mobile}
}

// Code is the customer that the demo's visitor belongs to.
const Code = "ENVIA"

func openSellers(ctx context.Context, past *store.Past, o Options, opened, lastUsed time.Time) ([]*seller, error) {
	sellers := newSellers()
	for _, s := range sellers {
		// A key that nobody knows: visitors get one of their own.
		key, hint := billing.NewSecretKey()
		var err error
		s.account, s.keyID, err = past.Customer(ctx, store.PastCustomer{
			Code: s.code, Name: s.name, Discount: s.discount, KeyHint: hint, KeyHash: billing.HashSecret(key), KeyLastUsedAt: lastUsed, CreatedAt: opened,
		})
		if err != nil {
			return nil, err
		}
		s.phones = int(float64(o.TopUps)*s.share/2.6) + 1
		if err := s.price(o.Rate); err != nil {
			return nil, err
		}
	}
	return sellers, nil
}

// amounts are face values and how many of 100 orders have them.
var amounts = []struct {
	face string
	of   int
}{{"50", 36}, {"100", 21}, {"30", 19}, {"20", 9}, {"80", 4}, {"200", 4}, {"150", 3}, {"60", 2}, {"70", 1}, {"120", 1}}

// price asks the rules once for each amount.
func (s *seller) price(rate billing.Rate) error {
	s.quotes = map[string]billing.Quote{}
	terms := billing.Terms{
		Rate: rate, Discount: s.account.Discount,
		Products: billing.Products{Open: &s.account.Product, Min: billing.MustMXN("20"), Max: billing.MustMXN("200")},
	}
	for _, a := range amounts {
		quote, err := terms.Quote(billing.MustMXN(a.face))
		if err != nil {
			return fmt.Errorf("price a top-up of %s MXN: %w", a.face, err)
		}
		s.quotes[a.face] = quote
	}
	return nil
}

func choose(random *rand.Rand, sellers []*seller) *seller {
	drawn := random.Float64()
	for _, s := range sellers {
		if drawn -= s.share; drawn < 0 {
			return s
		}
	}
	return sellers[0]
}

// order is a top-up as it was accepted.
func (s *seller) order(random *rand.Rand, at time.Time, zone *time.Location) (billing.TopUp, error) {
	id, err := topUpID(random, at)
	if err != nil {
		return billing.TopUp{}, err
	}
	quote := s.quotes[face(random)]
	s.orders++
	t := billing.TopUp{
		ID: id, CustomerID: s.account.CustomerID, Reference: s.reference(s.orders, at.In(zone)), Phone: s.phone(random),
		Amount: quote.Face, Price: quote.Price, Rate: quote.Rate, Discount: quote.Discount,
		Product: quote.Product, Sent: quote.Sent, Expected: quote.Expected, Cost: quote.Cost,
		DistTransID: distTransID(random), APIKeyID: &s.keyID, FromAddress: s.address, CreatedAt: at,
	}
	if s.metadata != nil {
		t.Metadata = s.metadata(random)
	}
	return t, nil
}

func face(random *rand.Rand) string {
	drawn := random.IntN(100)
	for _, a := range amounts {
		if drawn -= a.of; drawn < 0 {
			return a.face
		}
	}
	return amounts[0].face
}

// phone is one of the numbers that the seller's customers have. After the area
// code comes a 0, with which no Mexican number begins: nobody owns any of them.
func (s *seller) phone(random *rand.Rand) billing.Phone {
	who := random.IntN(s.phones)
	own := rand.New(rand.NewPCG(uint64(who), uint64(len(s.code)))) //nolint:gosec // an index is not below zero
	area := s.areas[own.IntN(len(s.areas))]
	for {
		number := area + "0" + fmt.Sprintf("%09d", own.IntN(1e9))[:9-len(area)]
		if !strings.HasPrefix(number[4:], "9900") { // these have a fate in the simulator
			return billing.Phone("+52" + number)
		}
	}
}

// topUpID is a version 7 UUID of a moment in the past.
func topUpID(random *rand.Rand, at time.Time) (billing.TopUpID, error) {
	id, err := randomUUID(random)
	if err != nil {
		return billing.TopUpID{}, err
	}
	var moment [8]byte
	binary.BigEndian.PutUint64(moment[:], uint64(at.UnixMilli()))
	copy(id[:6], moment[2:])
	id[6] = 0x70 | id[6]&0x0f
	return billing.TopUpID{UUID: id}, nil
}

func randomUUID(random *rand.Rand) (uuid.UUID, error) {
	return uuid.NewRandomFromReader(dice{random})
}

// distTransID looks like those of the engine: LB and 26 letters and digits.
func distTransID(random *rand.Rand) string {
	var b [17]byte
	_, _ = dice{random}.Read(b[:]) // never fails
	return "LB" + base32.StdEncoding.EncodeToString(b[:])[:26]
}

// dice reads like crypto/rand, and the same again for the same seed.
type dice struct{ *rand.Rand }

func (d dice) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(d.UintN(256)) //nolint:gosec // G115: below 256
	}
	return len(p), nil
}
