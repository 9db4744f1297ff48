"""Makes a sparse file of a terabyte.

Stopped by: file size is limited.
"""

# control: outside it succeeds
def attempt(where):
    with open("large", "wb") as file:
        return file.truncate(1 << 40) > 0
