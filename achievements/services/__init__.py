"""What can be done with achievements: count facts, count again, tell what was earned."""
