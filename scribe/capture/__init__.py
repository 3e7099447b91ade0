"""Recording sound so that nothing spoken is lost.

`recorder` writes a recording, `recording` reads it, `recovery` finds and finishes what was broken off.
"""
