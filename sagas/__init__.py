"""Flows that survive a crash: lists of steps, done or undone, one at a time, whatever happens."""
