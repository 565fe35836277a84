package migrations

// Provider is for tests that go back and forth.
var Provider = provider
