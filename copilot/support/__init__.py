"""What every room may use: places, time, ids, errors, logs, text."""
