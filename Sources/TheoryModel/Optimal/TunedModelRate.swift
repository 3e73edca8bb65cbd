import Glibc
import Numerics
import Support

/// The base learning rate that minimises a schedule's final loss on the model.
public struct TunedModelRate: Equatable, Sendable {
  /// γ.
  public let baseLearningRate: Double

  /// L_T − σ² there.
  public let excess: Double

  /// Whether γ is at the cap (in blocks, within 2 % of it), so that a larger one might be better.
  public let isAtCap: Bool

  /// Tunes the base learning rate of η_1 … η_T up to a cap, by default the stability edge, in some forty runs.
  public init(
    of model: FeatureModel, multipliers: [Double], cap: Double? = nil,
    recursion: Recursion = .exact
  ) throws(InputError) {
    try FeatureModel.check(learningRates: multipliers)
    let cap = try model.usableCap(cap)
    let isLong = multipliers.count >= FeatureModel.longRun && recursion == .exact
    func excess(_ logarithm: Double) -> Double {
      let rate = exp(logarithm)
      let rates = multipliers.map { rate * $0 }
      return isLong
        ? model.finalExcessOfLongRun(rates) : model.finalExcess(rates, recursion: recursion)
    }
    // From the cap down by factors of two, until three in a row are no better.
    let highest = log(cap)
    let halving = log(2.0)
    var least = excess(highest)
    var place = 0
    var index = 0
    while index < place + 3, index < 100 {
      index += 1
      let value = excess(highest - halving * Double(index))
      if value < least || !least.isFinite { (least, place) = (value, index) }
    }
    let middle = highest - halving * Double(place)
    let best = minimum(
      in: middle - halving...min(highest, middle + halving), tolerance: 1e-6, of: excess)
    isAtCap = best.argument >= highest
    baseLearningRate = isAtCap ? cap : exp(best.argument)
    self.excess = best.value
  }

  /// Tunes a run in blocks up to the stability edge, in about 10 runs with a good guess, 25 without.
  init(of dynamics: BlockDynamics, plan: BlockPlan, guess: Double? = nil) {
    let edge = dynamics.stabilityEdge
    // Below this nothing is learned.
    let least = 1e-6 / max(plan.sum, 1e-300)
    guard least < edge else {
      baseLearningRate = edge
      excess = dynamics.excess(after: plan, baseLearningRate: edge)
      isAtCap = true
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
    baseLearningRate = exp(found.argument)
    excess = exp(found.value)
    isAtCap = found.argument > log(edge) - 0.02
  }
}

/// The best power law η_t = γ·t^−χ.
public struct TunedPowerLaw: Equatable, Sendable {
  /// χ, 0 to 16.
  public let power: Double

  /// γ and its excess loss.
  public let tuned: TunedModelRate

  /// Tunes γ and χ over T steps, up to a cap, by default the stability edge, in some fifteen tunings of γ.
  public init(
    of model: FeatureModel, steps: Int, cap: Double? = nil, recursion: Recursion = .exact
  ) throws(InputError) {
    try InputError.check(steps: steps, most: FeatureModel.mostSteps)
    let cap = try model.usableCap(cap)
    func tuned(_ power: Double) throws(InputError) -> TunedModelRate {
      try TunedModelRate(
        of: model, multipliers: (1...steps).map { pow(Double($0), -power) }, cap: cap,
        recursion: recursion)
    }
    func search(upTo highest: Double) -> LocatedMinimum {
      minimum(in: 0...highest, tolerance: 1e-3) { (try? tuned($0))?.excess ?? .infinity }
    }
    var highest = 0.95
    var best = search(upTo: highest)
    while best.argument > highest - 0.01, highest < 16 {
      highest = min(16, 2 * highest)
      best = search(upTo: highest)
    }
    power = best.argument
    self.tuned = try tuned(best.argument)
  }
}
