"""Clinical speech to finished, coded documentation, on the clinician's own machine."""
