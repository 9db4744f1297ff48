"""Stage 2: documents -> documents that are source code, by hand, under a license that allows it, and sound."""
