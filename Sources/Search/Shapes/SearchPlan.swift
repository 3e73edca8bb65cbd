import Glibc
import Numerics
import Schedules

/// What a search over shapes tries: families, how many shapes, which base learning rates, which seeds.
public struct SearchPlan: Equatable, Sendable {
  /// The families.
  public var families: [ShapeFamily] = ShapeFamily.published

  /// Shapes drawn from each family.
  public var shapes = 100

  /// What draws the shapes; each family is drawn anew from it.
  public var samplingSeed = 2603

  /// The base learning rates, rising.
  ///
  /// They multiply the shapes as their families define them, whose peak can lie below 1.
  public var rates: [Double]

  /// Seeds 0, 1, … of the first look at every shape.
  public var seeds = 1

  /// The best shapes of each family that are looked at again.
  public var finalists = 3

  /// Seeds of the second look, other ones than the first's.
  public var freshSeeds = 1

  /// How often the spacing of base learning rates is halved around a finalist's best.
  public var refinements = 6

  /// The error of a median.
  public var errorEstimate = SampleMedian.ErrorEstimate.normal

  /// A plan over a grid.
  ///
  /// - Parameter rates: base learning rates, positive and rising.
  public init(rates: [Double]) {
    precondition(!rates.isEmpty, "there is a base learning rate to try")
    self.rates = rates
  }

  /// Base learning rates evenly spread in their logarithms.
  ///
  /// - Parameters:
  ///   - range: the first and the last.
  ///   - count: at least 2.
  /// - Returns: the grid.
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
}
