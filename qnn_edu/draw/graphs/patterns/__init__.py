"""What a diagram shows as one: constants as they are stored, and patterns of operators."""
