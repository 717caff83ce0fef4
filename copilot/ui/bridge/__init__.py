"""Between services and screens: threads, queued signals, changes."""
