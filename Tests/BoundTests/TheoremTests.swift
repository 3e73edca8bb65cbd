import Bound
import Foundation
import Schedules
import TestSupport
import Testing

/// The theorem itself: the subgradient method on random convex problems never ends above its bound.
@Suite struct TheoremTests {
  /// f(x) = max_i (a_i·x + b_i) with f* = 0 at x* = 0: the pieces through 0 have 0 in the convex hull of
  /// their slopes, the others lie below.
  struct Problem {
    let slopes: [[Double]]
    let offsets: [Double]

    init(dimension: Int, using generator: inout SplitMix64) {
      var slopes: [[Double]] = []
      var offsets: [Double] = []
      func vector() -> [Double] {
        (0..<dimension).map { _ in Double.random(in: -1...1, using: &generator) }
      }
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let slope = vector()
        let back = Double.random(in: 0.1...2, using: &generator)
        slopes += [slope, slope.map { -back * $0 }]
        offsets += [0, 0]
      }
      for _ in 0..<Int.random(in: 0...4, using: &generator) {
        slopes.append(vector().map { 2 * $0 })
        offsets.append(-Double.random(in: 0...1, using: &generator))
      }
      self.slopes = slopes
      self.offsets = offsets
    }

    /// The value and a subgradient.
    func evaluate(_ x: [Double]) -> (value: Double, subgradient: [Double]) {
      var best = 0
      var value = -Double.infinity
      for (index, slope) in slopes.enumerated() {
        let piece = zip(slope, x).reduce(offsets[index]) { $0 + $1.0 * $1.1 }
        if piece > value { (best, value) = (index, piece) }
      }
      return (value, slopes[best])
    }
  }

  static let specs = [
    "constant", "linear", "cosine", "wsd20", "wsd40:decay=1-sqrt", "invsqrt", "poly:power=2",
    "wsds:period=50%,cooldown=20%", "cosine:min=0.1",
  ]

  @Test func neverAboveTheBound() throws {
    let seeds = isHeavy ? 40_000 : 4000
    var generator = SplitMix64(seed: 31)
    var nearest = 0.0
    var nearestMinimised = 0.0
    for seed in 0..<seeds {
      let dimension = Int.random(in: 1...4, using: &generator)
      let problem = Problem(dimension: dimension, using: &generator)
      let steps = Int.random(in: 2...40, using: &generator)
      let text = Self.specs.randomElement(using: &generator) ?? "linear"
      var values = try ScheduleSpec(text).schedule(steps: steps).multipliers
      // Every other schedule has zeros, at its end or anywhere.
      if seed % 4 == 1 { values += [Double](repeating: 0, count: seed % 3 + 1) }
      if seed % 4 == 3 {
        for index in values.indices.dropFirst() where index % 3 == 1 { values[index] = 0 }
      }
      let schedule = try Schedule(values: values)
      let multipliers = schedule.multipliers
      var x = (0..<dimension).map { _ in Double.random(in: -1...1, using: &generator) }
      let distance = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let gamma =
        try BoundTerms.lastIterate(of: schedule).optimalBaseLearningRate(distance: distance)
        * exp(Double.random(in: -2...2, using: &generator))

      var norms: [Double] = []
      var value = 0.0
      for step in 0..<schedule.steps {
        let (current, subgradient) = problem.evaluate(x)
        value = current
        norms.append(max(1e-30, subgradient.reduce(0) { $0 + $1 * $1 }.squareRoot()))
        // x_T is reached by η_1 … η_{T−1}.
        for index in x.indices { x[index] -= gamma * multipliers[step] * subgradient[index] }
      }
      let each = try GradientNorms.perStep(norms)
      let bound = try BoundTerms.lastIterate(of: schedule, gradientNorms: each)
        .bound(at: gamma, distance: distance)
      let tight = try BoundTerms.lastIterateMinimisingLastStep(
        of: schedule, gradientNorms: each, baseLearningRate: gamma, distance: distance)
      let tightBound = try tight.bound(at: gamma, distance: distance)
      #expect(value <= bound * (1 + 1e-12), "seed \(seed): \(text), \(steps) steps")
      #expect(value <= tightBound * (1 + 1e-12), "seed \(seed): \(text), \(steps) steps")
      nearest = max(nearest, value / bound)
      nearestMinimised = max(nearestMinimised, value / tightBound)
    }
    print(
      "f(x_T) − f* came to \(nearest) of the bound, and to \(nearestMinimised) with the last step minimised, over \(seeds) problems"
    )
    #expect(nearest > 0.5 && nearestMinimised >= nearest)
  }
}
