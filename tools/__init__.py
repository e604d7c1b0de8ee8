"""What makes the lessons, the pictures, the stored models and the figures of this project."""
