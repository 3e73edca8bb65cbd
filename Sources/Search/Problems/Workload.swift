import Schedules
import Support

/// Something to train: it maps a schedule, a base learning rate and a seed to a loss.
///
/// An outcome depends on the trial alone, so that trials may run anywhere, in any order, and a finished one
/// never needs to be repeated.
public protocol Workload: Sendable {
  /// What is trained, with every number that the losses depend on; the saved trials of a workload of
  /// another identity are refused.
  var identity: String { get }

  /// T, the number of optimiser steps of every trial.
  var steps: Int { get }

  /// Whether the outcome depends on the seed.
  var isRandom: Bool { get }

  /// Trains once.
  ///
  /// - Parameter trial: what to train with; its schedule has ``steps`` steps.
  /// - Returns: the loss, or why there is none.
  /// - Throws: `InputError` where trials cannot be run at all, for example on a full disk.
  func outcome(of trial: Trial) throws(InputError) -> TrialOutcome
}

extension Workload {
  /// False, for workloads whose outcome is an expectation or a formula.
  public var isRandom: Bool { false }
}

/// One training run of a search.
public struct Trial: Sendable {
  /// The canonical spec of the schedule.
  public let shape: String

  /// The schedule.
  public let schedule: Schedule

  /// γ, positive; it multiplies the schedule.
  public let baseLearningRate: Double

  /// The seed of the run's random numbers, 0 or more.
  public let seed: Int

  /// Creates a trial.
  public init(shape: String, schedule: Schedule, baseLearningRate: Double, seed: Int) {
    self.shape = shape
    self.schedule = schedule
    self.baseLearningRate = baseLearningRate
    self.seed = seed
  }

  /// Tells the trial from all others of a search.
  var key: String { Self.key(shape, baseLearningRate, seed) }

  static func key(_ shape: String, _ baseLearningRate: Double, _ seed: Int) -> String {
    "\(shape) \(baseLearningRate) \(seed)"
  }

  /// γ·η_t, t = 1…T.
  ///
  /// - Complexity: O(T).
  var learningRates: [Double] { schedule.multipliers.map { baseLearningRate * $0 } }
}

/// How a training run ended.
public enum TrialOutcome: Equatable, Sendable {
  /// It ended with this loss, a finite number.
  case loss(Double)

  /// It trained, and the loss grew out of bounds: a result.
  case diverged

  /// It did not train, and why in one line: not a result.
  case failed(String)

  /// A loss, or a divergence unless it is finite.
  init(_ loss: Double) { self = loss.isFinite ? .loss(loss) : .diverged }

  /// Whether the trial trained.
  var isResult: Bool {
    if case .failed = self { false } else { true }
  }
}

/// How many trials ended how.
public struct TrialTally: Equatable, Sendable {
  /// Trials that ended with a loss or diverged.
  public private(set) var done = 0

  /// Trials that diverged.
  public private(set) var diverged = 0

  /// Trials that failed.
  public private(set) var failed = 0

  /// Why the first of them failed.
  public private(set) var reason: String?

  init(_ outcomes: [TrialOutcome] = []) { add(outcomes) }

  mutating func add(_ outcomes: [TrialOutcome]) {
    for outcome in outcomes {
      switch outcome {
      case .loss: done += 1
      case .diverged:
        done += 1
        diverged += 1
      case .failed(let reason):
        failed += 1
        self.reason = self.reason ?? reason
      }
    }
  }

  /// The number of trials that, where they all fail, stop a search at once.
  static let pilotTrials = 4

  /// The error that stops a search whose first trials all failed; nil while some have not.
  public var refusal: InputError? {
    guard done == 0, failed >= Self.pilotTrials, let reason else { return nil }
    return InputError(
      .unanswerable,
      problem: "the first \(failed) trials all failed, the first with: \(reason)",
      hint: "correct the command and search again")
  }
}
