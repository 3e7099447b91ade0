"""Scribing while the visit goes on: a recording is read as it grows, and its words, speakers and note are told."""
