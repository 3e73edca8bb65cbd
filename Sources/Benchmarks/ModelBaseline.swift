import Foundation

/// The time that the theory model's recursion takes in numpy, a loop over the steps with all modes in
/// arrays, measured on few steps.
enum ModelBaseline {
  static let program = """
    import sys, time
    import numpy as np
    features, steps = int(sys.argv[1]), int(sys.argv[2])
    k = np.arange(1, features + 1.0)
    eigenvalues, excess = k**-1.5, k**-3.0
    gains = eigenvalues**2
    total = excess.sum()
    least = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        for t in range(steps):
            eta = 0.1 * (1 - t / steps)
            loss = 1.0 + excess.sum()
            excess = ((1 - eta * eigenvalues)**2 + eta**2 * gains) * excess + eta**2 * gains * loss
        least = min(least, (time.perf_counter() - start) / steps)
    print(least)
    """

  /// Seconds a step; nil where there is no numpy.
  static func secondsPerStep(features: Int, steps: Int) -> Double? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", program, "\(features)", "\(steps)"]
    let pipe = Pipe()
    process.standardOutput = pipe
    guard (try? process.run()) != nil else { return nil }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = String(decoding: data, as: UTF8.self)
    return Double(text.filter { !$0.isWhitespace })
  }
}
