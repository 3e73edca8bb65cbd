import Bound
import Workloads

/// The least loss that any schedule can reach on a workload that can be solved, and the learning rates that
/// reach it.
public struct GroundTruth: Sendable {
  /// The loss.
  public let loss: Double

  /// η_1 … η_T.
  public let learningRates: [Double]

  /// The optimum of the linear-regression recursion or of the bound; nil for workloads that can only be
  /// tried, and where the search for it does not converge.
  ///
  /// - Parameter workload: any workload.
  /// - Complexity: that of ``LinearRegressionOptimum`` or ``FreeFormSchedule``.
  public init?(of workload: any Workload) {
    if let recursion = workload as? LinearRegressionRecursion {
      let optimum = LinearRegressionOptimum(of: recursion)
      guard optimum.isConverged else { return nil }
      (loss, learningRates) = (optimum.loss, optimum.learningRates)
      return
    }
    guard let bound = workload as? BoundWorkload,
      let best = try? FreeFormSchedule(steps: bound.steps), best.isConverged
    else { return nil }
    (loss, learningRates) = (best.bound, best.learningRates)
  }
}
