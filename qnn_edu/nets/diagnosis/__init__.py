"""The ladder of docs/your_own_network.md as one call: a rung a module, each measured."""
