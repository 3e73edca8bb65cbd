import Bound
import Glibc
import Tuning

/// The least loss that any schedule can reach on a workload that can be solved, with its learning rates.
public struct KnownOptimum: Sendable {
  /// The loss, above zero.
  public let loss: Double

  /// η_1 … η_T.
  public let learningRates: [Double]

  /// Whether a workload's optimum can be computed, but not always be told from a local one.
  public static func mayBeLocal(for workload: any Workload) -> Bool {
    workload is LinearRegressionRecursion
  }

  /// The optimum of the linear-regression recursion or of the bound; nil for other workloads, and where it
  /// is not known.
  ///
  /// The bound is convex. The recursion is not: its optimum counts as known where sweeps from four different
  /// starts end at one loss, which brute force confirms, and not with weight decay, whose optima are many: a
  /// single huge step can forget everything before it.
  ///
  /// - Complexity: that of ``LinearRegressionRecursion/localOptimum(from:)``, four times, or of `FreeFormSchedule`.
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
  /// Learning rates that no change of a single one improves: η_1 … η_T, the loss after the last step, and
  /// whether the last sweep lowered it by less than 10⁻¹⁴ of it.
  public typealias LocalOptimum = (learningRates: [Double], loss: Double, isConverged: Bool)

  /// Minimises the loss over all T learning rates, without weight decay.
  ///
  /// The loss is a quadratic in each single η_t, whose minimum is closed: η_t = Σaλm/Σaλ²(m + cΣm), with m
  /// before the step and a = ∂L/∂m after it. Sweeps from the last step to the first lower the loss every time
  /// (derived here). Where batches are small they end at one optimum from wherever they start; the less noise
  /// there is, the more local optima there are, and with weight decay there are many.
  ///
  /// - Parameter start: factors of the first learning rates, one a step, relative to those that are stable; nil
  ///   for 1.
  /// - Returns: the optimum that at most 2000 sweeps reach.
  /// - Complexity: O(T·D) a sweep and as much memory; some forty sweeps where batches are small.
  public func localOptimum(from start: [Double]? = nil) -> LocalOptimum {
    precondition(problem.weightDecay == 0, "the sweeps know no weight decay")
    let top = max(problem.eigenvalues.max() ?? 1, 1e-300)
    // Inside the region of stability, and so with a finite loss.
    let stable = 1 / (top + problem.noiseStrength * problem.eigenvalues.reduce(0, +))
    var rates = (start ?? [Double](repeating: 1, count: steps)).map { stable * $0 }
    precondition(rates.count == steps, "one learning rate a step")
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

  /// The optimum that four different starts agree on; nil where they do not, or with weight decay.
  fileprivate var leastOfLocalOptima: LocalOptimum? {
    guard problem.weightDecay == 0 else { return nil }
    let first = localOptimum()
    guard first.isConverged, first.loss.isNormal else { return nil }
    let last = Double(max(1, steps - 1))
    // Large steps now and then, one huge one, and falling ones: where optima are several, these differ.
    let starts: [(Int) -> Double] = [
      { $0 % 2 == 0 ? 8 : 1 }, { $0 == 0 ? 30 : 1 }, { pow(10, 1 - Double($0) / last) },
    ]
    for start in starts {
      let other = localOptimum(from: (0..<steps).map(start))
      guard other.isConverged, abs(other.loss / first.loss - 1) < 1e-9 else { return nil }
    }
    return first
  }

  /// One sweep from the last step to the first.
  private func sweep(_ rates: inout [Double]) {
    let (eigenvalues, noise) = (problem.eigenvalues, problem.noiseStrength)
    // The second moments before each step.
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
