"""Diagrams of networks: what stands where, in which words, drawn by Graphviz."""
