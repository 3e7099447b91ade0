"""What a reader of a note sees: talk left in it, complaint, problems, plan, medications, important facts.

Like `scribe.bench.meaning`, it shares no rule and no word list with the stages that it measures. Word lists: `*.yaml`.
"""
