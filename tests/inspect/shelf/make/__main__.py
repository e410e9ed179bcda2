"""Files of each format by real programs, and what these or other programs say of them.

Called with the name of a format and a folder. Prints JSON: a list of files with the values that fields and the
bytes that contents must have; `broken`, changes to the first file with a word of the problem that they must become;
or `missing`, what isn't there to make the files.
"""

import json
import os
import sys

import archives
import data
import disks
import network
import other
import pictures
import programs
import sound
from tools import Missing

TOPICS = [archives, data, disks, network, other, pictures, programs, sound]


def main():
    name, folder = sys.argv[1:]
    os.chdir(folder)
    name = "zip_" if name == "zip" else name
    made = next(getattr(topic, name) for topic in TOPICS if hasattr(topic, name))
    try:
        files, broken = made()
        answer = {"files": files, "broken": broken}
    except Missing as error:
        answer = {"missing": str(error)}
    print(json.dumps(answer))


main()
