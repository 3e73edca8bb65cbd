import Bound
import Glibc
import Schedules

/// A length of a run's cooldown or cosine cycle, with its bound.
public struct LengthChoice: Equatable, Sendable {
  /// The length in steps.
  public let steps: Int

  /// The length as a fraction of the run's; above 1 for a cycle cut off by the end of the run.
  public let fraction: Double

  /// γ: fixed, or tuned for this length.
  public let baseLearningRate: Double

  /// Ω at that γ.
  public let bound: Double
}

struct LengthSearch: Sendable {
  let spec: ScheduleSpec

  let steps: Int

  let baseLearningRate: Double?

  let gradientNorms: GradientNorms

  let distance: Double

  /// The warmup's steps, which do not vary.
  var warmup: Int { spec.warmup?.steps(of: steps) ?? 0 }

  /// The bound of the run with a varied spec, by one pass or a closed form.
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

  /// At most `count` ≥ 2 ascending whole numbers in a range, both ends included; `position` maps 0…1 to the range.
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
