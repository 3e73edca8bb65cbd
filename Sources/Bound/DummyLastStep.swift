import Glibc
import Numerics
import Schedules

extension BoundTerms {
  /// S and V with the last multiplier chosen so that the bound is as tight as it can be.
  ///
  /// The iterate x_T depends on η_1 … η_{T−1} only; η_T is a dummy of the proof, and every positive
  /// value of it gives a valid bound. The least is at a finite value, found by a search in ln η_T.
  ///
  /// - Parameters:
  ///   - schedule: any schedule; one of a single step is returned as it is.
  ///   - gradientNorms: G, or G_1 … G_T.
  ///   - baseLearningRate: γ for which to be tight; nil to be tight where γ is tuned as well (Ω*).
  ///   - distance: D.
  /// - Returns: the terms and the multiplier η_T that was chosen, in units of the peak.
  /// - Throws: ``BoundError``.
  /// - Complexity: O(T) for each of about 40 evaluations; O(1) memory.
  public static func lastIterateMinimisingLastStep(
    of schedule: Schedule, gradientNorms: GradientNorms = .one, baseLearningRate: Double? = nil,
    distance: Double = 1
  ) throws(BoundError) -> (terms: BoundTerms, lastMultiplier: Double) {
    if let baseLearningRate { try requireUsable(baseLearningRate, "base learning rate") }
    try requireUsable(distance, "distance")
    let given = try lastIterate(of: schedule, gradientNorms: gradientNorms)
    guard given.steps > 1 else { return (given, schedule.first) }

    func terms(_ lastMultiplier: Double) -> BoundTerms {
      lastIterate(
        of: schedule, steps: given.steps, lastMultiplier: lastMultiplier,
        gradientNorms: gradientNorms)
    }
    func logarithmOfBound(_ terms: BoundTerms) -> Double {
      guard let gamma = baseLearningRate else { return log(terms.noiseSum / terms.stepSum) }
      return log(distance * distance / (2 * gamma * terms.stepSum) + gamma / 2 * terms.noiseSum)
    }
    // The best dummy is of the order of the last real step, and never longer than the whole run.
    let previous = schedule.multipliers(in: given.steps - 2..<given.steps - 1)[0]
    let smallest = max(Schedule.negligibleMultiplier, previous * 1e-6)
    let found = minimum(in: log(smallest)...log(10 * given.stepSum), tolerance: 1e-9) {
      logarithmOfBound(terms(exp($0)))
    }
    let multiplier = exp(found.argument)
    return (terms(multiplier), multiplier)
  }
}
