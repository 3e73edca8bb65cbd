import Numerics

/// The standard deviation of one run's final loss in a sweep, in nats.
///
/// Replicates are compared only near each cell's best learning rate, since runs at higher ones scatter
/// more. Named seeds lose their means, which shift all learning rates of a cell alike and leave the
/// optimum in place. A cell's variance is shrunk towards the sweep's typical one with 4 degrees of
/// freedom.
public struct SweepNoise: Equatable, Sendable {
  /// The origin of the value.
  public enum Source: Equatable, Sendable {
    /// Given by the user.
    case given

    /// Measured from replicates, with this many degrees of freedom.
    case replicates(freedom: Int)

    /// Not measurable: ``SweepNoise/assumed``.
    case assumed
  }

  /// The origin of the value.
  public let source: Source

  /// The standard deviation in a typical cell, in nats.
  public let typical: Double

  /// The value measured on replicates of a 124M model, in nats; used if a sweep has none.
  public static let assumed = 0.0011

  /// The weight of the sweep's typical variance in a cell's, in degrees of freedom.
  static let priorFreedom = 4.0

  /// Deviations below this, in nats, are rounding of equal losses.
  static let least = 1e-9

  /// The fewest degrees of freedom, over all cells, for a measurement.
  static let fewest = 3

  /// Takes the user's value in nats, or estimates the noise from the cells' scatters.
  init(given: Double?, scatters: [Scatter]) {
    let freedom = scatters.reduce(0) { $0 + $1.freedom }
    let variances = scatters.filter { $0.freedom > 0 }.map(\.typicalVariance)
    if let given {
      (source, typical) = (.given, given)
    } else if freedom >= Self.fewest, let median = SampleMedian(variances)?.value,
      median.squareRoot() > Self.least
    {
      (source, typical) = (.replicates(freedom: freedom), median.squareRoot())
    } else {
      (source, typical) = (.assumed, Self.assumed)
    }
  }

  func deviation(of scatter: Scatter) -> Double {
    guard case .replicates = source else { return typical }
    return
      ((scatter.squares + Self.priorFreedom * typical * typical)
      / (Double(scatter.freedom) + Self.priorFreedom)).squareRoot()
  }

  /// The scatter of a cell's replicates after removing the effects of learning rate and seed.
  struct Scatter: Equatable, Sendable {
    let squares: Double
    let freedom: Int

    /// The variance without the median's bias, (1 − 2/(9ν))³ of the mean (Wilson and Hilferty).
    fileprivate var typicalVariance: Double {
      let factor = 1 - 2 / (9 * Double(freedom))
      return squares / Double(freedom) / (factor * factor * factor)
    }

    /// Compares runs near a cell's best learning rate, grouped by learning rate, without diverged ones.
    init(near groups: [[Sweep.Run]]) {
      // If all learning rates share seeds: losses = rate + seed + noise, a complete block design.
      var shared = Set(groups.first?.compactMap(\.seed) ?? [])
      for group in groups { shared.formIntersection(group.compactMap(\.seed)) }
      let seeds = shared.sorted()
      if groups.count >= 2, seeds.count >= 2 {
        let block = groups.map { group in
          seeds.map { seed in mean(group.filter { $0.seed == seed }.map(\.loss)) }
        }
        let seedMeans = seeds.indices.map { column in mean(block.map { $0[column] }) }
        let whole = mean(seedMeans)
        squares = block.reduce(0) { sum, row in
          let rowMean = mean(row)
          return zip(row, seedMeans).reduce(sum) { sum, pair in
            let deviation = pair.0 - rowMean - pair.1 + whole
            return sum + deviation * deviation
          }
        }
        freedom = (groups.count - 1) * (seeds.count - 1)
      } else {
        squares = groups.reduce(0) { sum, group in
          let groupMean = mean(group.map(\.loss))
          return group.reduce(sum) { $0 + ($1.loss - groupMean) * ($1.loss - groupMean) }
        }
        freedom = groups.reduce(0) { $0 + $1.count - 1 }
      }
    }
  }
}

func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
