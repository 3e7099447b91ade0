"""How clinicians and patients speak: what a text names, and what it claims about it. The floor below all stages."""
