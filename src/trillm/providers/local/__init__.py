"""The embedded model: a very small one that answers on this machine, without a key and without a network."""
