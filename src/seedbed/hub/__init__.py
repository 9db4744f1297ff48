"""Publishing to a Hub: the only place that writes to one.

`content` says what of a folder is published, `remote` what the Hub has, `plan` what would change, `apply` changes it in
one commit. `release` does it for a dataset, a model and a Space that link each other.
"""
