"""Coverage-guided fuzzing with atheris: `make fuzz`. What it found is kept in `corpus/`."""
