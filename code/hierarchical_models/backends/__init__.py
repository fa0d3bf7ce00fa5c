"""The two ways to draw from a model's posterior, behind one function each.

Both return plain arrays by the model's own names, shape ``(chains, draws, *dims)``; everything
after that is the same for both.
"""
