import Glibc
import Numerics
import Support

/// The best split of compute C = N·T between features and steps, at one batch.
///
/// The loss includes the target's power beyond the N features; the schedule is semi-analytic, or the best
/// constant learning rate in the same limit (derived here).
public struct ComputeOptimum: Sendable {
  /// The kind of schedule.
  public enum Plan: String, CaseIterable, Sendable {
    /// The optimal schedule.
    case optimal

    /// The best constant learning rate.
    case constant
  }

  /// N.
  public let features: Int

  /// T = C/N.
  public let steps: Double

  /// The loss above the label noise, untrained features included.
  public let excess: Double

  /// Searches the best split of C, 16 to 10²⁴, with learning rates up to a cap, by default the stability edge.
  public init(task: ModelTask, compute: Double, plan: Plan, cap: Double? = nil)
    throws(InputError)
  {
    try InputError.check(compute, in: 16...1e24, "compute")
    if let cap { try FeatureModel.check(cap: cap) }
    func excess(_ features: Int) -> Double {
      guard
        let model = try? FeatureModel(task: task, features: features, includesTail: true)
      else { return .infinity }
      let steps = compute / Double(features)
      let reached: Double
      switch plan {
      case .optimal:
        guard let schedule = try? SemiAnalyticSchedule(for: model, steps: steps, cap: cap) else {
          return .infinity
        }
        reached = schedule.excess
      case .constant:
        reached = model.bestConstantExcess(steps: steps, cap: cap ?? model.stabilityEdge)
      }
      return reached + model.noise - model.labelNoise
    }
    let most = min(compute / 4, Double(FeatureModel.mostFeatures))
    let best = minimum(in: log(2.0)...log(most), tolerance: 1e-3) {
      excess(Int(exp($0).rounded()))
    }
    features = max(2, Int(exp(best.argument).rounded()))
    steps = compute / Double(features)
    self.excess = best.value
  }
}

extension FeatureModel {
  /// L_T − σ² of the best constant learning rate in the limit of small learning rates.
  func bestConstantExcess(steps: Double, cap: Double) -> Double {
    let longest = log(cap * steps)
    // Below e^−7 nothing is learned.
    return minimum(in: min(longest - 14, -7)...longest, tolerance: 1e-5) { logarithm in
      let grid = IntrinsicGrid(self, intrinsicTime: exp(logarithm))
      let rate = exp(logarithm) / steps
      return grid.signal + rate / task.batch * grid.integral { grid.noise[$0] }
    }.value
  }
}
