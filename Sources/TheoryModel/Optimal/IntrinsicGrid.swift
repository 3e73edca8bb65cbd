import Glibc
import Numerics

/// Points along a run in its intrinsic time u = Σ η, from 0 to τ, dense at both ends, with the noise at each.
struct IntrinsicGrid {
  /// u, ascending from 0 to τ.
  let times: [Double]

  /// The trapezoid weight of each point in an integral over u.
  let weights: [Double]

  /// K(τ − u)·(σ² + F(u)): the noise from u that remains at the end, at a learning rate and batch of 1.
  let noise: [Double]

  /// F(τ).
  let signal: Double

  init(_ model: FeatureModel, intrinsicTime: Double) {
    // Times of 0.02/λ_1 are resolved at either end; beyond, the spacing grows in proportion.
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

  /// Even, so that both halves are equal.
  private static let intervals = 320

  func integral(_ function: (Int) -> Double) -> Double {
    var sum = CompensatedSum()
    for index in times.indices { sum.add(weights[index] * function(index)) }
    return sum.value
  }
}
