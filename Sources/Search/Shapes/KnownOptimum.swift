import Bound
import Glibc
import Tuning

/// The least loss that any schedule can reach on a workload that can be solved, and the learning rates that
/// reach it.
public struct KnownOptimum: Sendable {
  /// The loss, above zero.
  public let loss: Double

  /// η_1 … η_T.
  public let learningRates: [Double]

  /// Whether the workload has an optimum of which it may be unknown whether it is the least.
  ///
  /// - Parameter workload: any workload.
  /// - Returns: true for the linear-regression recursion.
  public static func mayBeLocal(for workload: any Workload) -> Bool {
    workload is LinearRegressionRecursion
  }

  /// The optimum of the linear-regression recursion or of the bound; nil for workloads that can only be
  /// tried, and where it is not known.
  ///
  /// The bound is convex. The recursion is not: its optimum counts as known where sweeps from four different
  /// starts end at one loss, which brute force confirms, and not with weight decay, whose optima are many: a
  /// single huge step can forget all that went before.
  ///
  /// - Parameter workload: any workload.
  /// - Complexity: that of ``LinearRegressionOptimum``, four times, or of ``FreeFormSchedule``.
  public init?(of workload: any Workload) {
    if let recursion = workload as? LinearRegressionRecursion {
      guard let optimum = Self.optimum(of: recursion) else { return nil }
      (loss, learningRates) = (optimum.loss, optimum.learningRates)
      return
    }
    guard let bound = workload as? BoundObjective,
      let best = try? FreeFormSchedule(steps: bound.steps), best.isConverged
    else { return nil }
    (loss, learningRates) = (best.bound, best.learningRates)
  }

  private static func optimum(of recursion: LinearRegressionRecursion) -> LinearRegressionOptimum? {
    guard recursion.problem.weightDecay == 0 else { return nil }
    let first = LinearRegressionOptimum(of: recursion)
    guard first.isConverged, first.loss.isNormal else { return nil }
    let last = Double(max(1, recursion.steps - 1))
    // Large steps now and then, one huge one, and falling ones: where optima are several, these differ.
    let starts: [(Int) -> Double] = [
      { $0 % 2 == 0 ? 8 : 1 }, { $0 == 0 ? 30 : 1 }, { pow(10, 1 - Double($0) / last) },
    ]
    for start in starts {
      let other = LinearRegressionOptimum(
        of: recursion, start: (0..<recursion.steps).map(start))
      guard other.isConverged, abs(other.loss / first.loss - 1) < 1e-9 else { return nil }
    }
    return first
  }
}
