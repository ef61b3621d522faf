"""Address translation: descriptors, stage 2, memory attributes, and the composition of two stages 2."""
