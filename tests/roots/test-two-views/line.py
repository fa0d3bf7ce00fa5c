SLOPE = 2  # the program of the line
