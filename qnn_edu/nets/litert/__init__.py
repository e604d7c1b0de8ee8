"""What LiteRT does, the runtime of phones: files run, timed, and compared layer by layer."""
