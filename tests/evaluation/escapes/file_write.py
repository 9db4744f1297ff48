"""Writes into a folder of the machine.

Stopped by: the folder does not exist inside.
"""

# control: outside it succeeds
def attempt(where):
    with open(where["folder"] + "/written.txt", "w") as file:
        return file.write("loot") > 0
