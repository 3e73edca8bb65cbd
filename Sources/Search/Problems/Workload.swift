import Schedules
import Support

/// Something to train: it maps a schedule, a base learning rate and a seed to a loss.
///
/// An outcome depends on the trial alone, so that trials may run anywhere, in any order, and a finished one
/// never needs to be repeated.
public protocol Workload: Sendable {
  /// What is trained, with every number that the losses depend on; the state of a search on a workload
  /// of another identity is of no use.
  var identity: String { get }

  /// T, the number of optimiser steps of every trial.
  var steps: Int { get }

  /// Whether the outcome depends on the seed.
  var isRandom: Bool { get }

  /// Trains once.
  ///
  /// - Parameter trial: what to train with; its schedule has ``steps`` steps.
  /// - Returns: the loss, or that there is none and why.
  /// - Throws: ``TrialLogError`` where trials cannot be run at all, for example on a full disk.
  func outcome(of trial: Trial) throws(TrialLogError) -> TrialOutcome
}

/// One training run of a search.
public struct Trial: Sendable {
  /// The canonical spec of the schedule.
  public let shape: String

  /// The schedule.
  public let schedule: Schedule

  /// γ, which multiplies the schedule.
  public let baseLearningRate: Double

  /// What makes the run's random numbers.
  public let seed: Int

  /// A training run.
  ///
  /// - Parameters:
  ///   - shape: the canonical spec of the schedule.
  ///   - schedule: the schedule.
  ///   - baseLearningRate: γ, positive.
  ///   - seed: 0 or more.
  public init(shape: String, schedule: Schedule, baseLearningRate: Double, seed: Int) {
    self.shape = shape
    self.schedule = schedule
    self.baseLearningRate = baseLearningRate
    self.seed = seed
  }

  /// γ·η_t, t = 1…T.
  ///
  /// - Complexity: O(T).
  var learningRates: [Double] { schedule.multipliers.map { baseLearningRate * $0 } }
}

/// What came of a training run.
public enum TrialOutcome: Equatable, Sendable {
  /// It ended with this loss, a finite number.
  case loss(Double)

  /// It trained, and the loss grew out of bounds: a result.
  case diverged

  /// It did not train, and why in one line: no result.
  case failed(String)

  /// The outcome of a run that ended with a loss or without one.
  ///
  /// - Parameter loss: diverged unless finite.
  init(_ loss: Double) { self = loss.isFinite ? .loss(loss) : .diverged }
}

/// An error making a workload, with a suggested fix.
public struct WorkloadError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was given, what is wrong with it, and what to do.
  public let description: String

  /// Refuses a number outside its range.
  static func check(_ value: Double, in range: ClosedRange<Double>, _ name: String)
    throws(WorkloadError)
  {
    guard range.contains(value) else {
      throw WorkloadError(
        description:
          "\(name) \(decimalText(value)) is out of range; give \(decimalText(range.lowerBound)) to \(decimalText(range.upperBound))"
      )
    }
  }
}
