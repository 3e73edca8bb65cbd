import Schedules
import Support

/// The known settings of a run.
public struct RunSettings: Equatable, Sendable {
  /// The schedule.
  public var spec: ScheduleSpec?

  /// The number of steps.
  public var steps: Int?

  /// γ, positive.
  public var baseLearningRate: Double?

  /// Creates settings; nil means unknown.
  public init(spec: ScheduleSpec? = nil, steps: Int? = nil, baseLearningRate: Double? = nil) {
    self.spec = spec
    self.steps = steps
    self.baseLearningRate = baseLearningRate
  }

  func completed(by other: RunSettings?) -> RunSettings {
    RunSettings(
      spec: spec ?? other?.spec, steps: steps ?? other?.steps,
      baseLearningRate: baseLearningRate ?? other?.baseLearningRate)
  }

  static func steps(_ number: Double) -> Int? {
    Int(exactly: number).flatMap { (1...ScheduleSpec.mostSteps).contains($0) ? $0 : nil }
  }
}
