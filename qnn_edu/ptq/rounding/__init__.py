"""Ways to round the weights of a layer; `registry` names them all."""
