"""Where the file says float: the same operators on real numbers, each law as numpy writes it.

Sums are added in another order than LiteRT's, so results differ by some float32 roundings: by no
more than 2**-16 of an output's largest value, which the tests of random models hold.
"""
