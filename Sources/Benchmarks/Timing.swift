/// The least time of several runs of a piece of work, in seconds.
///
/// The least is what the machine can do; the rest is what else it was doing.
func leastSeconds(runs: Int = 5, _ work: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  var least = Double.infinity
  for _ in 0..<runs {
    let duration = try clock.measure(work).components
    least = min(least, Double(duration.seconds) + Double(duration.attoseconds) * 1e-18)
  }
  return least
}

/// A duration for a table.
func text(seconds: Double) -> String {
  if seconds < 1e-3 { return "\((seconds * 1e7).rounded() / 10) µs" }
  if seconds < 1 { return "\((seconds * 1e4).rounded() / 10) ms" }
  return "\((seconds * 100).rounded() / 100) s"
}

/// A ratio for a table.
func text(ratio: Double) -> String {
  ratio < 20 ? "\((ratio * 10).rounded() / 10)×" : "\(Int(ratio.rounded()))×"
}
