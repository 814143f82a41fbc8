"""What runs the devices: time, the balance of their powers, and the texts of their channels. No I/O.

It knows roles in the balance, and no component by its name.
"""
