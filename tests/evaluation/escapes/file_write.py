"""Writes a file into a folder of the machine.

Stopped by: the folder is not there.
"""

# control: outside it succeeds
def attempt(where):
    with open(where["folder"] + "/written.txt", "w") as file:
        return file.write("loot") > 0
