import Bound
import Glibc
import Tuning

/// The lowest loss that any schedule can reach on a solvable workload.
public struct KnownOptimum: Sendable {
  /// The loss, above zero.
  public let loss: Double

  /// η_1 … η_T.
  public let learningRates: [Double]

  /// Returns whether a workload's computed optimum may be only a local one.
  public static func mayBeLocal(for workload: any Workload) -> Bool {
    workload is LinearRegressionRecursion
  }

  /// Computes the optimum of the linear-regression recursion or the bound; nil if unknown.
  ///
  /// The bound is convex. The recursion is not: its optimum counts as known if sweeps from four starts agree,
  /// which brute force confirms. With weight decay it is unknown, because a single huge step can forget
  /// everything before it, which makes many local optima. Takes four runs of
  /// ``LinearRegressionRecursion/localOptimum(from:)``, or a `FreeFormSchedule`.
  public init?(of workload: any Workload) {
    if let recursion = workload as? LinearRegressionRecursion {
      guard let optimum = recursion.leastOfLocalOptima else { return nil }
      (loss, learningRates) = (optimum.loss, optimum.learningRates)
      return
    }
    guard let bound = workload as? BoundObjective,
      let best = try? FreeFormSchedule(steps: bound.steps), best.isConverged
    else { return nil }
    (loss, learningRates) = (best.bound, best.learningRates)
  }
}

extension LinearRegressionRecursion {
  /// Learning rates η_1 … η_T that no single change improves, the final loss, and whether the last sweep
  /// improved it by less than 10⁻¹⁴.
  public typealias LocalOptimum = (learningRates: [Double], loss: Double, isConverged: Bool)

  /// Minimises the loss over all T learning rates, without weight decay, in at most 2000 sweeps of O(T·D).
  ///
  /// The loss is quadratic in each η_t, with its minimum at η_t = Σaλm/Σaλ²(m + cΣm), where m is the state
  /// before the step and a = ∂L/∂m after it. Sweeps from the last step to the first never raise the loss
  /// (derived here). With small batches all starts lead to one optimum, in about forty sweeps; with less noise
  /// there are more local optima. `start` scales the initial learning rates, one factor per step, relative to
  /// stable ones.
  public func localOptimum(from start: [Double]? = nil) -> LocalOptimum {
    precondition(problem.weightDecay == 0, "the weight decay is zero")
    let top = max(problem.eigenvalues.max() ?? 1, 1e-300)
    // Stable learning rates keep the loss finite.
    let stable = 1 / (top + problem.noiseStrength * problem.eigenvalues.reduce(0, +))
    var rates = (start ?? [Double](repeating: 1, count: steps)).map { stable * $0 }
    precondition(rates.count == steps, "one learning rate per step")
    var loss = loss(of: rates)
    var sweeps = 0
    var isConverged = false
    while sweeps < 2000, !isConverged {
      sweep(&rates)
      sweeps += 1
      let next = self.loss(of: rates)
      isConverged = loss - next <= 1e-14 * next
      loss = next
    }
    return (rates, loss, isConverged)
  }

  /// The optimum on which four starts agree; nil if they differ, and with weight decay.
  fileprivate var leastOfLocalOptima: LocalOptimum? {
    guard problem.weightDecay == 0 else { return nil }
    let first = localOptimum()
    guard first.isConverged, first.loss.isNormal else { return nil }
    let last = Double(max(1, steps - 1))
    // Occasional large steps, one huge step, and falling ones: these end apart if there are several optima.
    let starts: [(Int) -> Double] = [
      { $0 % 2 == 0 ? 8 : 1 }, { $0 == 0 ? 30 : 1 }, { pow(10, 1 - Double($0) / last) },
    ]
    for start in starts {
      let other = localOptimum(from: (0..<steps).map(start))
      guard other.isConverged, abs(other.loss / first.loss - 1) < 1e-9 else { return nil }
    }
    return first
  }

  private func sweep(_ rates: inout [Double]) {
    let (eigenvalues, noise) = (problem.eigenvalues, problem.noiseStrength)
    var states = [problem.start]
    for rate in rates.dropLast() { states.append(moments(states[states.count - 1], after: rate)) }
    let scale = 1 / (2 * Double(problem.dimension))
    // a = ∂L/∂m after the step.
    var slopes = [Double](repeating: scale, count: problem.dimension)
    for step in rates.indices.reversed() {
      let squares = states[step]
      let sum = squares.reduce(0, +)
      // L = constant − 2·gain·η + cost·η².
      var gain = 0.0
      var cost = 0.0
      var noiseSlope = 0.0
      for index in eigenvalues.indices {
        let eigenvalue = eigenvalues[index]
        let kick = noise * eigenvalue * eigenvalue
        gain += slopes[index] * (eigenvalue * squares[index])
        cost += slopes[index] * (eigenvalue * (eigenvalue * squares[index]) + kick * sum)
        noiseSlope += slopes[index] * kick
      }
      let rate = cost > 0 ? max(0, gain / cost) : rates[step]
      rates[step] = rate
      for index in eigenvalues.indices {
        let factor = 1 - rate * eigenvalues[index]
        slopes[index] = factor * factor * slopes[index] + rate * rate * noiseSlope
      }
    }
  }

  private func moments(_ squares: [Double], after rate: Double) -> [Double] {
    let sum = squares.reduce(0, +)
    return zip(squares, problem.eigenvalues).map { square, eigenvalue in
      let factor = 1 - rate * eigenvalue
      return factor * factor * square
        + rate * rate * problem.noiseStrength * eigenvalue * eigenvalue * sum
    }
  }
}
