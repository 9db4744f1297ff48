"""Makes a file that says it has a terabyte.

Stopped by: the size of a file is limited.
"""

# control: outside it succeeds
def attempt(where):
    with open("large", "wb") as file:
        return file.truncate(1 << 40) > 0
