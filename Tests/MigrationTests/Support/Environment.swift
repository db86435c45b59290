import Foundation

func environment(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

/// Whether there is time for the long variants: `make soak`.
let isSoak = environment("LAGZERO_SOAK") == "1"
