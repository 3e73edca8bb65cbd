import Bound
import Glibc
import Runs
import Schedules
import Transfer

/// Sweeps whose losses follow a law.
enum SyntheticSweep {
  static let shapes = ["wsd10", "wsd20", "wsd40", "linear", "cosine"]

  /// S and V of a spec.
  static func terms(_ spec: String, _ steps: Int) throws -> BoundTerms {
    try BoundTerms.lastIterate(of: ScheduleSpec(spec).schedule(steps: steps))
  }

  /// Every shape at every horizon and batch, five base learning rates around
  /// γ* = K·(S/T)^−a·V^−b·law·T^(1/3−p), and losses that depend on γ/γ* alone; without a batch the law is
  /// T^−1/3.
  static func following(
    a: Double, b: Double, p: Double = 1.0 / 3, shapes: [String] = shapes, horizons: [Int],
    batches: [Int?] = [nil], law: HorizonBatchLaw = HorizonBatchLaw(), scale: Double = 0.03
  ) throws -> Sweep {
    var runs: [Sweep.Run] = []
    for steps in horizons {
      for shape in shapes {
        let terms = try terms(shape, steps)
        for batch in batches {
          let horizon = Horizon(steps: steps, batchTokens: batch)
          let optimum =
            scale * pow(terms.stepSum / Double(steps), -a) * pow(terms.noiseSum, -b)
            * exp(law.logRate(at: horizon)) * pow(Double(steps), 1.0 / 3 - p)
          for factor in [0.25, 0.5, 1, 2, 4] {
            runs.append(
              Sweep.Run(
                spec: try ScheduleSpec(shape), steps: steps, batchTokens: batch,
                baseLearningRate: factor * optimum, loss: 3 + 0.01 * (factor + 1 / factor)))
          }
        }
      }
    }
    return Sweep(runs: runs)
  }
}
