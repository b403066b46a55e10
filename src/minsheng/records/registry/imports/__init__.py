"""Tables of persons and of facts from outside: checked, shown as a difference, applied whole, undone whole."""
