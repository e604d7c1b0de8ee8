"""Training runs that can be stopped and taken up again, one by one or many at a time."""
