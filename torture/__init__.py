"""What the program must bear: kills, full disks, corruption, crowds, hostile files and requests.

``python -m torture`` runs all of it at full size; each torture is also a command of its own.
"""
