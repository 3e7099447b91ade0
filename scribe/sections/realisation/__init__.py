"""Findings -> the sentences of a note, by a small grammar: what the visit says, said as clinicians write it.

told       the findings of one thing together: what it is called, what was told of it
visit      all that a note is made of: these things, and the sentences of the talk
soundness  which sentences of the talk can stand in a note
wording    names, attributes and lists in note style
history    the words for complaints, symptoms and what is denied
lists      those for medications, allergies, past, family and social history
plan       those for problems, and for what is to be done
sheet      a note in the making
story      complaint, present illness and review of systems
judgement  what was seen, judged and planned
note       all of it
"""
