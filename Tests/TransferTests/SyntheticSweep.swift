import Bound
import Glibc
import Runs
import Schedules

/// Sweeps whose losses follow a law.
enum SyntheticSweep {
  static let shapes = ["wsd10", "wsd20", "wsd40", "linear", "cosine"]

  /// S and V of a spec.
  static func terms(_ spec: String, _ steps: Int) throws -> BoundTerms {
    try BoundTerms.lastIterate(of: ScheduleSpec(spec).schedule(steps: steps))
  }

  /// Every shape at every horizon, five base learning rates around γ* = K·(S/T)^−a·V^−b·T^−p, and
  /// losses that depend on γ/γ* alone.
  static func following(
    a: Double, b: Double, p: Double, shapes: [String] = shapes, horizons: [Int]
  ) throws -> Sweep {
    var runs: [Sweep.Run] = []
    for steps in horizons {
      for shape in shapes {
        let terms = try terms(shape, steps)
        let optimum =
          0.03 * pow(terms.stepSum / Double(steps), -a) * pow(terms.noiseSum, -b)
          * pow(Double(steps), -p)
        for factor in [0.25, 0.5, 1, 2, 4] {
          runs.append(
            Sweep.Run(
              spec: try ScheduleSpec(shape), steps: steps, baseLearningRate: factor * optimum,
              loss: 3 + 0.01 * (factor + 1 / factor)))
        }
      }
    }
    return Sweep(runs: runs)
  }
}
