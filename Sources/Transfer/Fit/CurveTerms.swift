import Bound
import Runs
import Schedules

/// A loss curve with the terms of the last-iterate bound at each row.
package struct CurveTerms {
  let steps: [Int]
  let losses: [Double]
  let learningRates: [Double]
  let rates: [Double]

  /// S_t at each row, in steps times learning rate.
  let stepSums: [Double]

  /// V_t at each row, in units of the learning rate.
  let noiseSums: [Double]

  package init(of curve: LossCurve) {
    guard let schedule = try? Schedule(values: curve.rates),
      let terms = try? BoundCurve(of: schedule)
    else { preconditionFailure("a loss curve begins at a positive learning rate") }
    let peak = curve.rates.max() ?? 1
    let rows = curve.steps.map { terms.terms(at: $0) }
    stepSums = rows.map { $0.stepSum * peak }
    noiseSums = rows.map { $0.noiseSum * peak }
    (steps, losses, learningRates, rates) =
      (curve.steps, curve.losses, curve.learningRates, curve.rates)
  }
}
