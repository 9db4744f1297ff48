"""With and without a filter: two datasets, models trained alike on each, one set of files that neither has seen."""
