"""From what visitors accepted to a better model, or to the plain word that it got no better."""
