"""Networks trained by gradient descent."""
