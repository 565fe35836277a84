package handlers_test

// The newer calls of the resellers' interface: without a key nobody is told more
// than that one is missing.

// addCalls adds them to the cases of routes.
func addCalls(cases map[string]visit) {
	for _, call := range []struct{ method, route, path string }{
		{"POST", "/quotes", ""}, {"POST", "/topups/batch", ""}, {"GET", "/products", ""}, {"GET", "/statements", ""}, {"GET", "/statements/:month", "/statements/2026-03"},
	} {
		path := call.path
		if path == "" {
			path = call.route
		}
		cases[call.method+" /api/v1"+call.route] = visit{path: "/api/v1" + path, want: always(401)}
		if call.method == "GET" {
			cases["HEAD /api/v1"+call.route] = visit{path: "/api/v1" + path, want: always(401)}
		}
	}
}
