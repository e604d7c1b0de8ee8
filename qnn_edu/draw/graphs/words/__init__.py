"""What a diagram says: names and numbers, options and constants, a network in lines."""
