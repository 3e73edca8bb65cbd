import Glibc
import Numerics
import Schedules

/// What a shape search tries: families, shapes, base learning rates and seeds.
public struct SearchPlan: Equatable, Sendable {
  /// The families to compare.
  public var families: [ShapeFamily] = ShapeFamily.published

  /// The number of shapes drawn from each family.
  public var shapes = 100

  /// The seed for drawing shapes, the same for every family.
  public var samplingSeed = 2603

  /// The base learning rates, rising.
  ///
  /// They multiply shapes as their families define them, with a peak that can lie below 1.
  public var rates: [Double]

  /// The number of seeds (0, 1, …) in the first round.
  public var seeds: Int

  /// The number of finalists per family.
  public var finalists = 3

  /// The number of seeds for finalists, all new.
  public var freshSeeds: Int

  /// How often the spacing around a finalist's best base learning rate is halved.
  public var refinements = 6

  /// How the error of a median is estimated.
  public var errorEstimate = SampleMedian.ErrorEstimate.normal

  /// Creates a plan for positive, rising base learning rates.
  ///
  /// Seeds are 3 and 10 fresh ones for random workloads, else 1 and 1.
  public init(rates: [Double], isRandom: Bool = false) {
    precondition(!rates.isEmpty, "there is a base learning rate to try")
    self.rates = rates
    seeds = isRandom ? 3 : 1
    freshSeeds = isRandom ? 10 : 1
  }

  /// Returns `count` ≥ 2 base learning rates across a range, evenly spaced on a logarithmic scale.
  public static func grid(_ range: ClosedRange<Double>, count: Int) -> [Double] {
    precondition(range.lowerBound > 0 && count >= 2, "a grid in logarithms")
    let lower = log10(range.lowerBound)
    let step = (log10(range.upperBound) - lower) / Double(count - 1)
    return (0..<count).map { index in
      index == count - 1 ? range.upperBound : pow(10, lower + Double(index) * step)
    }
  }

  /// The most trials of the first round; identical draws are trained once.
  public var screeningTrials: Int { families.count * shapes * rates.count * seeds }

  /// The total number of finalists.
  public var finalistCount: Int { families.count * min(finalists, shapes) }

  /// The usual number of base learning rates per finalist: three of the grid and two per halving.
  public var ratesPerFinalist: Int { min(3, rates.count) + 2 * refinements }

  /// The usual number of trials for finalists.
  public var finalistTrials: Int { finalistCount * ratesPerFinalist * freshSeeds }

  /// The usual number of trials for sweeps: four other values of each parameter.
  public var sweepTrials: Int {
    5 * (families.map(\.parameters.count).max() ?? 0) * ratesPerFinalist * freshSeeds
  }

  /// Returns whether the first round, over T steps, fits into memory.
  public func fits(steps: Int) -> Bool {
    screeningTrials <= 20_000_000 && shapes * families.count <= 200_000_000 / steps
  }
}
