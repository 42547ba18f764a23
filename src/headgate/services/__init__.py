"""The use cases. Each owns its transactions; none holds one while it talks to the network."""
