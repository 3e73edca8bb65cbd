/// What a trainer's configuration asks for.
public struct DialectRequest: Sendable {
  /// The scheduler's name in its library; empty where the library has one only.
  public var name: String

  /// Its parameters, under their names in the library.
  public var parameters: [String: ParameterValue]

  /// T, the number of optimiser steps of the run; nil where the parameters say it.
  public var steps: Int?

  /// The learning rate that the optimiser is given; nil where it is not known.
  public var learningRate: Double?

  /// A request.
  ///
  /// - Parameters:
  ///   - name: the scheduler's name in its library.
  ///   - parameters: its parameters.
  ///   - steps: T.
  ///   - learningRate: the optimiser's learning rate.
  public init(
    name: String, parameters: [String: ParameterValue], steps: Int? = nil,
    learningRate: Double? = nil
  ) {
    self.name = name
    self.parameters = parameters
    self.steps = steps
    self.learningRate = learningRate
  }
}

/// A schedule as another library would run it.
public struct DialectSchedule: Sendable {
  /// The T multipliers, divided by their largest.
  public let schedule: Schedule

  /// γ: the largest learning rate that the run sees; nil where the learning rate is not known.
  public let baseLearningRate: Double?

  /// Whether the optimiser's learning rate has a say; where not, the parameters hold learning rates.
  public let usesLearningRate: Bool

  /// What the configuration meant, for the lint.
  public let intent: ScheduleIntent

  /// What a reader should know about this library.
  public let remarks: [ScheduleFinding]
}

/// What a configuration meant, where the schedule itself no longer shows it.
public struct ScheduleIntent: Equatable, Sendable {
  /// Steps of warmup.
  public var warmupSteps: Double?

  /// Steps after which the last decay begins.
  public var decayStart: Double?

  /// Steps after which the last decay has ended.
  public var horizon: Double?

  /// The floor as a part of the peak.
  public var floor: Double?

  /// An intent of which nothing is known yet.
  public init() {}
}
