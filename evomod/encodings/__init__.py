"""What a genome is, one module an encoding: how it is born, varied, answered and read as a network."""
