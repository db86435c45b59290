print("lagzero")
