import Glibc
import Numerics

/// Points along a run in its intrinsic time u = Σ η, from 0 to τ, dense at both ends, with the noise that
/// decides the learning rate at each of them.
struct IntrinsicGrid {
  /// u, ascending; the first is 0, the last τ.
  let times: [Double]

  /// The weight of each point in an integral over u, by the trapezoid rule in the grid's coordinate.
  let weights: [Double]

  /// K(τ − u)·(σ² + F(u)): the noise made at u that is felt at the end, for a learning rate and batch of 1.
  let noise: [Double]

  /// F(τ).
  let signal: Double

  /// - Complexity: O(points·modes) exponentials.
  init(_ model: FeatureModel, intrinsicTime: Double) {
    // A time of 0.02/λ_1 is resolved at either end; the spacing grows in proportion beyond.
    let fine = 0.02
    let half = Self.intervals / 2
    let reach = log1p(intrinsicTime / 2 / fine)
    var ascending: [Double] = []
    var spacings: [Double] = []
    for index in 0...half {
      let part = reach * Double(index) / Double(half)
      ascending.append(fine * expm1(part))
      spacings.append(fine * exp(part) * reach / Double(half))
    }
    var times: [Double] = []
    var distances: [Double] = []
    var weights: [Double] = []
    for index in 0...Self.intervals {
      let isFirstHalf = index <= half
      let near = ascending[isFirstHalf ? index : Self.intervals - index]
      times.append(isFirstHalf ? near : intrinsicTime - near)
      distances.append(isFirstHalf ? intrinsicTime - near : near)
      let end = index == 0 || index == Self.intervals ? 0.5 : 1
      weights.append(end * spacings[isFirstHalf ? index : Self.intervals - index])
    }
    self.times = times
    self.weights = weights
    signal = model.remainingSignal(after: intrinsicTime)
    noise = zip(times, distances).map { time, distance in
      model.remainingNoise(after: distance) * (model.noise + model.remainingSignal(after: time))
    }
  }

  /// Even, so that both halves have as many.
  private static let intervals = 320

  /// ∫ f du over the run.
  func integral(_ function: (Int) -> Double) -> Double {
    var sum = CompensatedSum()
    for index in times.indices { sum.add(weights[index] * function(index)) }
    return sum.value
  }
}
