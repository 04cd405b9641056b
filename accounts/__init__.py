"""Who is signed in, and with which rights."""
