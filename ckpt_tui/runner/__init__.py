"""The program that runs code of others; `entry.py` is started by path, and nothing of ours imports it.

Its modules name each other relatively: in the interpreter of the workflow there is no ckpt_tui to name.
"""
