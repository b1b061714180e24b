# stand
