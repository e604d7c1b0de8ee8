"""Networks on sheets: laid out, drawn, put together."""
