import Glibc
import Numerics

/// The base learning rate at which a run in the model ends with the least excess loss.
struct TunedBaseLearningRate: Sendable {
  /// γ, in units of 1/λ_1.
  let value: Double

  /// The excess loss there.
  let excess: Double

  /// Whether stability stopped the search: the optimum lies at the edge, or beyond.
  let isOnEdge: Bool

  /// Searches the optimum up to the stability edge.
  ///
  /// - Parameters:
  ///   - dynamics: the task.
  ///   - plan: the schedule over the model's steps.
  ///   - guess: where to look first.
  /// - Complexity: about 10 runs with a good guess, 25 without.
  init(of dynamics: BlockDynamics, plan: BlockPlan, guess: Double? = nil) {
    let edge = dynamics.stabilityEdge
    // Below this nothing is learned.
    let least = 1e-6 / max(plan.sum, 1e-300)
    guard least < edge else {
      value = edge
      excess = dynamics.excess(after: plan, baseLearningRate: edge)
      isOnEdge = true
      return
    }
    let whole = log(least)...log(edge)
    func search(_ interval: ClosedRange<Double>) -> LocatedMinimum {
      minimum(in: interval, tolerance: 2e-4) { logarithm in
        log(max(1e-300, dynamics.excess(after: plan, baseLearningRate: exp(logarithm))))
      }
    }
    var best: LocatedMinimum?
    if let guess, guess >= least, guess <= edge {
      let near = (log(guess) - log(4)...log(guess) + log(4)).clamped(to: whole)
      let found = search(near)
      let isInside =
        (found.argument > near.lowerBound + 0.01 || near.lowerBound == whole.lowerBound)
        && (found.argument < near.upperBound - 0.01 || near.upperBound == whole.upperBound)
      if isInside { best = found }
    }
    let found = best ?? search(whole)
    value = exp(found.argument)
    excess = exp(found.value)
    isOnEdge = found.argument > log(edge) - 0.02
  }
}
