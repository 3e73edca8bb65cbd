import Schedules
import Support

/// Something to train: a map from a schedule, a base learning rate and a seed to a loss.
///
/// Outcomes depend on the trial alone, so trials may run anywhere and in any order, and never need repeating.
public protocol Workload: Sendable {
  /// A description with every number that affects the losses; a log of another identity is rejected.
  var identity: String { get }

  /// T, the number of optimiser steps of every trial.
  var steps: Int { get }

  /// Whether outcomes depend on the seed.
  var isRandom: Bool { get }

  /// Runs one trial, whose schedule has ``steps`` steps.
  ///
  /// Throws `InputError` if trials cannot run at all, for example on a full disk.
  func outcome(of trial: Trial) throws(InputError) -> TrialOutcome
}

extension Workload {
  /// False, for workloads that return an expectation or a formula.
  public var isRandom: Bool { false }
}

/// One training run of a search.
public struct Trial: Sendable {
  /// The canonical spec of the schedule.
  public let shape: String

  /// The multipliers, the largest of them 1.
  public let schedule: Schedule

  /// γ > 0, which multiplies the schedule.
  public let baseLearningRate: Double

  /// The random seed, 0 or more.
  public let seed: Int

  /// Creates a trial.
  public init(shape: String, schedule: Schedule, baseLearningRate: Double, seed: Int) {
    self.shape = shape
    self.schedule = schedule
    self.baseLearningRate = baseLearningRate
    self.seed = seed
  }

  var key: String { Self.key(shape, baseLearningRate, seed) }

  static func key(_ shape: String, _ baseLearningRate: Double, _ seed: Int) -> String {
    "\(shape) \(baseLearningRate) \(seed)"
  }

  /// γ·η_t, t = 1…T.
  var learningRates: [Double] { schedule.multipliers.map { baseLearningRate * $0 } }
}

/// The outcome of a trial.
public enum TrialOutcome: Equatable, Sendable {
  /// Training finished with this finite loss.
  case loss(Double)

  /// The loss grew without bound; this is a result.
  case diverged

  /// The trial did not run, with a one-line reason; this is not a result.
  case failed(String)

  init(_ loss: Double) { self = loss.isFinite ? .loss(loss) : .diverged }

  var isResult: Bool {
    if case .failed = self { false } else { true }
  }
}

/// Counts of trials by outcome.
public struct TrialTally: Equatable, Sendable {
  /// Trials with a loss or a divergence.
  public private(set) var done = 0

  /// Trials that diverged.
  public private(set) var diverged = 0

  /// Trials that failed.
  public private(set) var failed = 0

  /// The reason of the first failure.
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

  /// A search stops if its first trials, this many, all fail.
  static let pilotTrials = 4

  /// The error of a search whose first trials all failed; nil otherwise.
  public var refusal: InputError? {
    guard done == 0, failed >= Self.pilotTrials, let reason else { return nil }
    return InputError(
      .unanswerable,
      problem: "the first \(failed) trials all failed, the first with: \(reason)",
      hint: "fix the command and search again")
  }
}
