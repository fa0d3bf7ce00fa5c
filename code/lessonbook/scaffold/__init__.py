"""New episodes and new courses: what an author begins with."""
