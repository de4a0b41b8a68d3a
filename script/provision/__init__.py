"""Makes the environment of the scripts and runs the services: standard library only, Python 3.11 or newer.

The package is started by the shell wrappers beside it, with whatever Python the machine has, before the
project's own environment exists; nothing here may import Django or anything installed.
"""
