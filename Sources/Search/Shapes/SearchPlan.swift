import Glibc
import Numerics
import Schedules

/// What a search over shapes tries: families, how many shapes, which base learning rates, which seeds.
public struct SearchPlan: Equatable, Sendable {
  /// The families.
  public var families: [ShapeFamily] = ShapeFamily.published

  /// Shapes drawn from each family.
  public var shapes = 100

  /// The seed that draws the shapes, the same for every family.
  public var samplingSeed = 2603

  /// The base learning rates, rising.
  ///
  /// They multiply the shapes as their families define them, whose peak can lie below 1.
  public var rates: [Double]

  /// The number of seeds (0, 1, …) in the first look at every shape.
  public var seeds: Int

  /// The number of shapes of each family that get a second look.
  public var finalists = 3

  /// The number of seeds in the second look, all different from those of the first.
  public var freshSeeds: Int

  /// How often the spacing of base learning rates is halved around a finalist's best.
  public var refinements = 6

  /// The error of a median.
  public var errorEstimate = SampleMedian.ErrorEstimate.normal

  /// A plan over a grid of base learning rates.
  ///
  /// - Parameters:
  ///   - rates: base learning rates, positive and rising.
  ///   - isRandom: whether outcomes depend on the seed: then 3 seeds and 10 fresh ones, else 1 and 1.
  public init(rates: [Double], isRandom: Bool = false) {
    precondition(!rates.isEmpty, "there is a base learning rate to try")
    self.rates = rates
    seeds = isRandom ? 3 : 1
    freshSeeds = isRandom ? 10 : 1
  }

  /// Returns `count` base learning rates (at least 2) from one end of the range to the other, evenly
  /// spaced in their logarithms.
  public static func grid(_ range: ClosedRange<Double>, count: Int) -> [Double] {
    precondition(range.lowerBound > 0 && count >= 2, "a grid in logarithms")
    let lower = log10(range.lowerBound)
    let step = (log10(range.upperBound) - lower) / Double(count - 1)
    return (0..<count).map { index in
      index == count - 1 ? range.upperBound : pow(10, lower + Double(index) * step)
    }
  }

  /// The trials of the first look, at most: draws that are the same schedule are trained once.
  public var screeningTrials: Int { families.count * shapes * rates.count * seeds }

  /// The number of shapes that get a second look.
  public var finalistCount: Int { families.count * min(finalists, shapes) }

  /// The usual number of base learning rates tried for a finalist: three of the grid and two a halving.
  public var ratesPerFinalist: Int { min(3, rates.count) + 2 * refinements }

  /// The usual number of trials in the second look.
  public var finalistTrials: Int { finalistCount * ratesPerFinalist * freshSeeds }

  /// The usual number of trials around the best shape: four other values of each parameter.
  public var sweepTrials: Int {
    5 * (families.map(\.parameters.count).max() ?? 0) * ratesPerFinalist * freshSeeds
  }

  /// Whether the trials and schedules of the first look, over T steps, fit into memory.
  public func fits(steps: Int) -> Bool {
    screeningTrials <= 20_000_000 && shapes * families.count <= 200_000_000 / steps
  }
}
