"""What a graduate takes along: the certificate's number, its sheet of paper, and the answer to whoever verifies it."""
