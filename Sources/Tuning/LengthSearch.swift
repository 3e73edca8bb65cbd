import Bound
import Glibc
import Schedules

/// A length of a run's cooldown or cosine cycle, with the bound that it leads to.
public struct LengthChoice: Equatable, Sendable {
  /// The length in steps.
  public let steps: Int

  /// The length as a fraction of the run's, above 1 for a cycle that the run's end cuts off.
  public let fraction: Double

  /// γ: the fixed one, or the one tuned for this length.
  public let baseLearningRate: Double

  /// Ω at that γ.
  public let bound: Double
}

/// What all lengths of one search have in common.
struct LengthSearch: Sendable {
  let spec: ScheduleSpec

  /// T.
  let steps: Int

  /// γ held fixed; nil to tune it for each length.
  let baseLearningRate: Double?

  let gradientNorms: GradientNorms

  /// D.
  let distance: Double

  /// The steps of the warmup, which no length touches.
  var warmup: Int { spec.warmup?.steps(of: steps) ?? 0 }

  /// The bound of the run with a part of its spec replaced by one of another length.
  ///
  /// - Complexity: one pass over the schedule; O(1) where there is a closed form.
  func choice(_ length: Int, _ varied: ScheduleSpec) throws -> LengthChoice {
    let tunable: TunableSchedule
    if let norm = gradientNorms.constant,
      let terms = BoundTerms.closedForm(of: varied, steps: steps)
    {
      tunable = TunableSchedule(terms: terms.scaled(gradientNorm: norm))
    } else {
      tunable = try TunableSchedule(
        of: TrainingRun(varied, steps: steps), gradientNorms: gradientNorms)
    }
    let (gamma, bound) = try tunable.bound(fixed: baseLearningRate, distance: distance)
    return LengthChoice(
      steps: length, fraction: Double(length) / Double(steps), baseLearningRate: gamma, bound: bound
    )
  }

  /// Rising whole numbers over a range, both ends included, at which to sample a curve.
  ///
  /// There are `count`, at least 2, or fewer where neighbours round to the same; `position` is the place in
  /// the range of a fraction 0…1.
  static func samples(
    of range: ClosedRange<Int>, count: Int, at position: (Double) -> Double
  ) -> [Int] {
    var samples = [range.lowerBound]
    for index in 1..<count {
      let rounded = Int(position(Double(index) / Double(count - 1)).rounded())
      let sample = index == count - 1 ? range.upperBound : min(rounded, range.upperBound)
      if sample > samples[samples.count - 1] { samples.append(sample) }
    }
    return samples
  }
}
