"""Outside services and engines behind ports; `registry` builds them by name, `fallback` puts several behind one."""
