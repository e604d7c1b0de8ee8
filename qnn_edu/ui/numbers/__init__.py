"""The numbers behind the explorers, a module each: pure functions, named numbers out."""
