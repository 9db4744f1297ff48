"""Where a text was seen before: an index of a published dataset that finds copied spans, renamed ones too."""
