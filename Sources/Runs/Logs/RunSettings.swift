import Schedules
import Support

/// A run's schedule, length and base learning rate, as far as they are known.
public struct RunSettings: Equatable, Sendable {
  /// The schedule.
  public var spec: ScheduleSpec?

  /// T.
  public var steps: Int?

  /// γ, positive.
  public var baseLearningRate: Double?

  /// Creates settings; nil stands for what is unknown.
  public init(spec: ScheduleSpec? = nil, steps: Int? = nil, baseLearningRate: Double? = nil) {
    self.spec = spec
    self.steps = steps
    self.baseLearningRate = baseLearningRate
  }

  /// Returns the settings with unknown ones taken from another.
  func completed(by other: RunSettings?) -> RunSettings {
    RunSettings(
      spec: spec ?? other?.spec, steps: steps ?? other?.steps,
      baseLearningRate: baseLearningRate ?? other?.baseLearningRate)
  }

  /// Returns a number of steps that a trainer wrote down; nil where it is not a valid number of steps.
  static func steps(_ number: Double) -> Int? {
    Int(exactly: number).flatMap { (1...ScheduleSpec.mostSteps).contains($0) ? $0 : nil }
  }
}
